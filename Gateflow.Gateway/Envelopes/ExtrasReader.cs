using System.Text.Json;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Envelopes;

/// <summary>Reads <c>"gateflow": {"fallbacks": […], "retry": {strategy, max_attempts, initial_delay_ms | delay_ms}}</c>; unknown members are ignored.</summary>
internal static class ExtrasReader
{
    private const int MaxFallbacks = 10;

    /// <summary>Reads the value of <c>gateflow</c>, at whose name the reader stands, whole unless it returns an error.</summary>
    public static GatewayError? Read(ref Utf8JsonReader reader, Envelope envelope)
    {
        (envelope.Fallbacks, envelope.MaxAttempts, envelope.RetryDelayMs, envelope.Backoff) = (null, null, null, Backoff.Exponential);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return GatewayError.Invalid("gateflow", "an object");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var fault = default(GatewayError);
            if (reader.ValueTextEquals("fallbacks"u8))
            {
                fault = ReadFallbacks(ref reader, envelope);
            }
            else if (reader.ValueTextEquals("retry"u8))
            {
                fault = ReadRetry(ref reader, envelope);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }

            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private static GatewayError? ReadFallbacks(ref Utf8JsonReader reader, Envelope envelope)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var wrong = GatewayError.Invalid("gateflow.fallbacks", $"an array of at most {MaxFallbacks} model names");
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return wrong;
        }

        var models = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || models.Count == MaxFallbacks)
            {
                return wrong;
            }

            models.Add(reader.GetString()!);
        }

        envelope.Fallbacks = models;
        return null;
    }

    private static GatewayError? ReadRetry(ref Utf8JsonReader reader, Envelope envelope)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return GatewayError.Invalid("gateflow.retry", "an object");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var fault = reader.ValueTextEquals("strategy"u8) ? ReadStrategy(ref reader, envelope)
                : reader.ValueTextEquals("max_attempts"u8) ? ReadAttempts(ref reader, envelope)
                : reader.ValueTextEquals("initial_delay_ms"u8) ? ReadDelay(ref reader, envelope, "gateflow.retry.initial_delay_ms")
                : reader.ValueTextEquals("delay_ms"u8) ? ReadDelay(ref reader, envelope, "gateflow.retry.delay_ms")
                : Skip(ref reader);
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private static GatewayError? ReadStrategy(ref Utf8JsonReader reader, Envelope envelope)
    {
        reader.Read();
        var known = true;
        envelope.Backoff = reader.TokenType != JsonTokenType.String ? Unknown()
            : reader.ValueTextEquals("exponential"u8) ? Backoff.Exponential
            : reader.ValueTextEquals("linear"u8) ? Backoff.Linear
            : reader.ValueTextEquals("immediate"u8) ? Backoff.Immediate
            : Unknown();
        reader.Skip();
        return known ? null : GatewayError.Invalid("gateflow.retry.strategy", "exponential, linear or immediate");

        Backoff Unknown()
        {
            known = false;
            return Backoff.Exponential;
        }
    }

    private static GatewayError? ReadAttempts(ref Utf8JsonReader reader, Envelope envelope)
    {
        envelope.MaxAttempts = ReadNumber(ref reader);
        return envelope.MaxAttempts is >= 1 and <= 10 ? null : GatewayError.Invalid("gateflow.retry.max_attempts", "a whole number from 1 to 10");
    }

    private static GatewayError? ReadDelay(ref Utf8JsonReader reader, Envelope envelope, string name)
    {
        envelope.RetryDelayMs = ReadNumber(ref reader);
        return envelope.RetryDelayMs is >= 0 and <= 30_000 ? null : GatewayError.Invalid(name, "a whole number from 0 to 30000");
    }

    /// <summary>The next value as a whole number; −1 when it is none.</summary>
    private static int ReadNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        var value = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : -1;
        reader.Skip();
        return value;
    }

    private static GatewayError? Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
        return null;
    }
}

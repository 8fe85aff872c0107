using System.Text.Json;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Envelopes;

/// <summary>Reads <c>"gateflow": {"fallbacks": […], "retry": {max_attempts, initial_delay_ms}}</c>; unknown members are ignored.</summary>
internal static class ExtrasReader
{
    private const int MaxFallbacks = 10;

    /// <summary>Reads the value of <c>gateflow</c>, at whose name the reader stands, whole unless it returns an error.</summary>
    public static GatewayError? Read(ref Utf8JsonReader reader, Envelope envelope)
    {
        (envelope.Fallbacks, envelope.MaxAttempts, envelope.InitialDelayMs) = (null, null, null);
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
            var (attempts, delay) = (reader.ValueTextEquals("max_attempts"u8), reader.ValueTextEquals("initial_delay_ms"u8));
            reader.Read();
            var value = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : -1;
            reader.Skip();
            if (attempts)
            {
                if (value is < 1 or > 10)
                {
                    return GatewayError.Invalid("gateflow.retry.max_attempts", "a whole number from 1 to 10");
                }

                envelope.MaxAttempts = value;
            }
            else if (delay)
            {
                if (value is < 0 or > 30_000)
                {
                    return GatewayError.Invalid("gateflow.retry.initial_delay_ms", "a whole number from 0 to 30000");
                }

                envelope.InitialDelayMs = value;
            }
        }

        return null;
    }
}

using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>Notes which parameters a chat completion uses. Values that make no sense are left to the provider to refuse.</summary>
internal static class ChatParameterReader
{
    /// <summary>Reads the property at which the reader stands, up to the end of its value.</summary>
    public static void Read(ref Utf8JsonReader reader, Envelope envelope)
    {
        if (reader.ValueTextEquals("stream"u8))
        {
            envelope.Stream = Next(ref reader) == JsonTokenType.True;
        }
        else if (reader.ValueTextEquals("temperature"u8))
        {
            envelope.Set(Capabilities.Temperature, NumberOtherThan(ref reader, 1));
            envelope.Temperature = reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out var temperature) && float.IsFinite(temperature) ? temperature : float.NaN;
        }
        else if (reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8))
        {
            envelope.Add(Capabilities.MaxTokens, Given(ref reader));
            if (reader.TokenType == JsonTokenType.Number)
            {
                envelope.MaxOutputTokens = reader.TryGetInt32(out var most) && most > 0 ? most : null;
            }
        }
        else if (reader.ValueTextEquals("user"u8))
        {
            envelope.User = Next(ref reader) == JsonTokenType.String ? Named(reader.GetString()) : null;
            envelope.Set(Capabilities.Metadata, true);
        }
        else if (reader.ValueTextEquals("metadata"u8))
        {
            ReadMetadata(ref reader, envelope);
        }
        else if (reader.ValueTextEquals("tools"u8))
        {
            envelope.Add(Capabilities.FunctionCalling, Counted(ref reader, envelope));
        }
        else if (reader.ValueTextEquals("tool_choice"u8))
        {
            Next(ref reader);
            envelope.Set(Capabilities.ForcedTool, reader.TokenType == JsonTokenType.StartObject
                || (reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("required"u8) || reader.ValueTextEquals("any"u8))));
        }
        else if (reader.ValueTextEquals("parallel_tool_calls"u8))
        {
            var parallel = Next(ref reader);
            envelope.Set(Capabilities.ParallelTools, parallel == JsonTokenType.True);
            envelope.Set(Capabilities.ParallelToolsGiven, parallel != JsonTokenType.Null);
        }
        else if (reader.ValueTextEquals("functions"u8) || reader.ValueTextEquals("function_call"u8))
        {
            envelope.Add(Capabilities.LegacyFunctions | Capabilities.FunctionCalling, Counted(ref reader, envelope));
        }
        else if (reader.ValueTextEquals("response_format"u8))
        {
            ReadFormat(ref reader, envelope);
        }
        else
        {
            ReadRare(ref reader, envelope);
        }

        reader.Skip();
    }

    private static void ReadRare(ref Utf8JsonReader reader, Envelope envelope)
    {
        if (reader.ValueTextEquals("top_p"u8))
        {
            envelope.Add(Capabilities.TopP, NumberOtherThan(ref reader, 1));
            envelope.HasTopP = reader.TokenType == JsonTokenType.Number;
        }
        else if (reader.ValueTextEquals("top_k"u8))
        {
            envelope.Add(Capabilities.TopP, Given(ref reader));
        }
        else if (reader.ValueTextEquals("n"u8))
        {
            envelope.Set(Capabilities.MultipleChoices, NumberOtherThan(ref reader, 1));
        }
        else if (reader.ValueTextEquals("seed"u8))
        {
            envelope.Set(Capabilities.Seed, Given(ref reader));
        }
        else if (reader.ValueTextEquals("stop"u8) || reader.ValueTextEquals("stop_sequences"u8))
        {
            envelope.Add(Capabilities.Stop, Given(ref reader));
        }
        else if (reader.ValueTextEquals("logprobs"u8))
        {
            envelope.Add(Capabilities.Logprobs, Next(ref reader) == JsonTokenType.True);
        }
        else if (reader.ValueTextEquals("top_logprobs"u8))
        {
            envelope.Add(Capabilities.Logprobs, NumberOtherThan(ref reader, 0));
        }
        else if (reader.ValueTextEquals("logit_bias"u8))
        {
            envelope.Set(Capabilities.LogitBias, Given(ref reader));
        }
        else if (reader.ValueTextEquals("presence_penalty"u8) || reader.ValueTextEquals("frequency_penalty"u8))
        {
            envelope.Add(Capabilities.Penalties, NumberOtherThan(ref reader, 0));
        }
        else if (reader.ValueTextEquals("reasoning_effort"u8) || reader.ValueTextEquals("reasoning"u8) || reader.ValueTextEquals("thinking"u8))
        {
            envelope.Add(Capabilities.ReasoningEffort, Given(ref reader));
        }
        else if (reader.ValueTextEquals("audio"u8))
        {
            envelope.Set(Capabilities.AudioOutput, Given(ref reader));
        }
        else
        {
            reader.Read();
        }
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Envelope envelope)
    {
        envelope.MetadataUserId = null;
        envelope.Set(Capabilities.Metadata, true);
        if (Next(ref reader) != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isUser = reader.ValueTextEquals("user_id"u8);
            reader.Read();
            if (isUser)
            {
                envelope.MetadataUserId = reader.TokenType == JsonTokenType.String ? Named(reader.GetString()) : null;
            }

            reader.Skip();
        }
    }

    /// <summary>Reads what form the answer must have, at whose name the reader stands.</summary>
    public static void ReadFormat(ref Utf8JsonReader reader, Envelope envelope)
    {
        envelope.Set(Capabilities.JsonMode | Capabilities.JsonSchema, false);
        if (Next(ref reader) != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                envelope.Set(Capabilities.JsonMode, reader.ValueTextEquals("json_object"u8));
                envelope.Set(Capabilities.JsonSchema, reader.ValueTextEquals("json_schema"u8));
            }

            reader.Skip();
        }
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType;
    }

    private static bool Given(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType != JsonTokenType.Null;
    }

    /// <summary>True for something not empty; its length counts toward the prompt.</summary>
    private static bool Counted(ref Utf8JsonReader reader, Envelope envelope)
    {
        reader.Read();
        var start = reader.TokenStartIndex;
        var given = reader.TokenType != JsonTokenType.Null;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            given = reader.TokenType != JsonTokenType.EndArray;
            while (reader.TokenType != JsonTokenType.EndArray)
            {
                reader.Skip();
                reader.Read();
            }
        }

        reader.Skip();
        envelope.PromptLength += reader.BytesConsumed - start;
        return given;
    }

    private static bool NumberOtherThan(ref Utf8JsonReader reader, double neutral)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && value != neutral;
    }

    private static string? Named(string? value) => string.IsNullOrEmpty(value) ? null : value;
}

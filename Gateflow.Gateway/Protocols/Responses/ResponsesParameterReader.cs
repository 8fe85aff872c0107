using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols.Chat;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>Notes which parameters a response uses; those that it shares with chat completions are read as theirs.</summary>
internal static class ResponsesParameterReader
{
    /// <summary>Reads the property at which the reader stands, up to the end of its value.</summary>
    public static void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        if (reader.ValueTextEquals("instructions"u8))
        {
            reader.Read();
            var (start, given) = ((int)reader.TokenStartIndex, reader.TokenType != JsonTokenType.Null);
            reader.Skip();
            var value = body[start..(int)reader.BytesConsumed];
            envelope.System = given ? StableHash.Of(value) : 0;
            envelope.PromptLength += given ? value.Length : 0;
        }
        else if (reader.ValueTextEquals("max_output_tokens"u8))
        {
            reader.Read();
            envelope.Set(Capabilities.MaxTokens, reader.TokenType != JsonTokenType.Null);
            envelope.MaxOutputTokens = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var most) && most > 0 ? most : null;
        }
        else if (reader.ValueTextEquals("safety_identifier"u8))
        {
            reader.Read();
            envelope.User ??= reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } user ? user : null;
            envelope.Set(Capabilities.Metadata, true);
        }
        else if (reader.ValueTextEquals("previous_response_id"u8) || reader.ValueTextEquals("conversation"u8) || reader.ValueTextEquals("prompt"u8))
        {
            reader.Read();
            envelope.Add(Capabilities.StoredState, reader.TokenType != JsonTokenType.Null);
        }
        else if (reader.ValueTextEquals("background"u8))
        {
            reader.Read();
            envelope.Add(Capabilities.StoredState, reader.TokenType == JsonTokenType.True); // the answer is to be fetched later, by its id
        }
        else if (reader.ValueTextEquals("text"u8))
        {
            ReadText(ref reader, envelope);
        }
        else if (reader.ValueTextEquals("include"u8))
        {
            ReadInclude(ref reader, envelope);
        }
        else
        {
            ChatParameterReader.Read(ref reader, envelope);
            return;
        }

        reader.Skip();
    }

    private static void ReadText(ref Utf8JsonReader reader, Envelope envelope)
    {
        envelope.Set(Capabilities.JsonMode | Capabilities.JsonSchema, false);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("format"u8))
            {
                ChatParameterReader.ReadFormat(ref reader, envelope);
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }
    }

    private static void ReadInclude(ref Utf8JsonReader reader, Envelope envelope)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var wanted = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("message.output_text.logprobs"u8);
            envelope.Capabilities |= wanted ? Capabilities.Logprobs : Capabilities.None;
            reader.Skip();
        }
    }
}

using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Reads who speaks last, kinds of content and the identity of the conversation from <c>messages</c>.</summary>
internal static class MessagesTurnReader
{
    private const Capabilities OfMessages = Capabilities.Prefill | Capabilities.Vision | Capabilities.FileInput;

    /// <summary>Reads the value of <c>messages</c>, at whose name the reader stands.</summary>
    public static GatewayError? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return GatewayError.Invalid("messages", "an array of messages");
        }

        envelope.Set(OfMessages, false);
        envelope.Conversation = 0;
        var (count, byAssistant) = (0, false);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            byAssistant = ReadMessage(ref reader, envelope, out var content);
            if (!byAssistant && envelope.Conversation == 0)
            {
                envelope.Conversation = StableHash.Of(body[content]);
            }
        }

        envelope.Set(Capabilities.Prefill, byAssistant);
        return count == 0 ? GatewayError.Invalid("messages", "an array with at least one message") : null;
    }

    /// <summary>True for a turn of the assistant.</summary>
    private static bool ReadMessage(ref Utf8JsonReader reader, Envelope envelope, out Range content)
    {
        var byAssistant = false;
        content = 0..0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                byAssistant = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("assistant"u8);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                MessagesBlockReader.ReadContent(ref reader, envelope);
                content = start..(int)reader.BytesConsumed;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return byAssistant;
    }
}

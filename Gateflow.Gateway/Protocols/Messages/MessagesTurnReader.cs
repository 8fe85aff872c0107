using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Reads who speaks last, kinds of content and the identity of the conversation from <c>messages</c>.</summary>
internal static class MessagesTurnReader
{
    private const Capabilities OfMessages = Capabilities.Prefill | Capabilities.Vision | Capabilities.FileInput | Capabilities.SystemTurns;

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
        var (count, role, calls, thought) = (0, Role.User, false, false);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            role = ReadMessage(ref reader, envelope, out var content, out var blocks);
            if (role == Role.Assistant)
            {
                calls = (blocks & BlockKinds.Call) != 0;
                thought |= (blocks & BlockKinds.Thought) != 0;
            }
            else if (role == Role.System)
            {
                envelope.Capabilities |= Capabilities.SystemRole | Capabilities.SystemTurns;
            }
            else
            {
                var goesOn = (blocks & BlockKinds.Result) != 0;
                (calls, thought) = (calls && goesOn, thought && goesOn);
                envelope.Conversation = envelope.Conversation == 0 ? StableHash.Of(body[content]) : envelope.Conversation;
            }
        }

        envelope.Set(Capabilities.Prefill, role == Role.Assistant);
        envelope.BareCalls = calls && !thought;
        return count == 0 ? GatewayError.Invalid("messages", "an array with at least one message") : null;
    }

    /// <summary>Whose turn it is: the assistant's, the system's, or for any other word the user's.</summary>
    private static Role ReadMessage(ref Utf8JsonReader reader, Envelope envelope, out Range content, out BlockKinds blocks)
    {
        var role = Role.User;
        (content, blocks) = (0..0, BlockKinds.None);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                role = reader.TokenType != JsonTokenType.String ? Role.User
                    : reader.ValueTextEquals("assistant"u8) ? Role.Assistant
                    : reader.ValueTextEquals("system"u8) ? Role.System
                    : Role.User;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                blocks = MessagesBlockReader.ReadContent(ref reader, envelope);
                content = start..(int)reader.BytesConsumed;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return role;
    }
}

using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>Reads roles, kinds of content and the identity of the conversation from <c>messages</c>.</summary>
internal static class ChatMessagesReader
{
    private const Capabilities OfMessages = Capabilities.SystemRole | Capabilities.DeveloperRole | Capabilities.Prefill
        | Capabilities.Vision | Capabilities.AudioInput | Capabilities.FileInput | Capabilities.PromptCaching
        | Capabilities.MessageNames | Capabilities.ReasoningContent;

    private enum Role : byte
    {
        Other,
        System,
        Developer,
        User,
        Assistant,
    }

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
        envelope.CallsWithoutThoughts = false;
        var (count, role, hash, open) = (0, Role.Other, 0UL, true);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            role = ReadMessage(ref reader, envelope, out var content);
            if (open && role is Role.System or Role.Developer or Role.User)
            {
                hash = StableHash.Of(body[content], hash);
                if (role == Role.User)
                {
                    open = false;
                    envelope.Conversation = hash;
                }
            }

            envelope.Capabilities |= role switch
            {
                Role.System => Capabilities.SystemRole,
                Role.Developer => Capabilities.DeveloperRole,
                _ => Capabilities.None,
            };
        }

        envelope.Set(Capabilities.Prefill, role == Role.Assistant);
        return count == 0 ? GatewayError.Invalid("messages", "an array with at least one message") : null;
    }

    private static Role ReadMessage(ref Utf8JsonReader reader, Envelope envelope, out Range content)
    {
        var (role, named, calls, thoughts) = (Role.Other, false, false, false);
        content = 0..0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                role = ReadRole(ref reader);
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                ReadContent(ref reader, envelope);
                content = start..(int)reader.BytesConsumed;
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                reader.Read();
                calls = ReadToolCalls(ref reader, envelope);
            }
            else if (reader.ValueTextEquals("reasoning_content"u8))
            {
                thoughts = ReadsText(ref reader);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                named = ReadsText(ref reader);
            }
            else if (reader.ValueTextEquals("tool_call_id"u8))
            {
                reader.Read();
                CallIds.Note(ref reader, envelope);
            }
            else
            {
                ReadMark(ref reader, envelope);
            }
        }

        envelope.CallsWithoutThoughts |= calls && !thoughts;
        envelope.Add(Capabilities.ReasoningContent, thoughts);
        envelope.Add(Capabilities.MessageNames, named && role != Role.Other); // of a result it is the tool's
        return role;
    }

    private static bool ReadsText(ref Utf8JsonReader reader)
    {
        reader.Read();
        var isText = reader.TokenType == JsonTokenType.String;
        reader.Skip();
        return isText;
    }

    private static Role ReadRole(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return Role.Other;
        }

        return reader.ValueTextEquals("user"u8) ? Role.User
            : reader.ValueTextEquals("assistant"u8) ? Role.Assistant
            : reader.ValueTextEquals("system"u8) ? Role.System
            : reader.ValueTextEquals("developer"u8) ? Role.Developer
            : Role.Other;
    }

    /// <summary>Reads a text or an array of parts, at whose first token the reader stands, up to its end.</summary>
    public static void ReadContent(ref Utf8JsonReader reader, Envelope envelope)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            envelope.PromptLength += reader.ValueSpan.Length;
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadPart(ref reader, envelope);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        else
        {
            reader.Skip();
        }
    }

    private static void ReadPart(ref Utf8JsonReader reader, Envelope envelope)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                envelope.Capabilities |= reader.TokenType == JsonTokenType.String ? KindOf(ref reader) : Capabilities.None;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                envelope.PromptLength += reader.TokenType == JsonTokenType.String ? reader.ValueSpan.Length : 0;
                reader.Skip();
            }
            else
            {
                ReadMark(ref reader, envelope);
            }
        }
    }

    private static Capabilities KindOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("text"u8) ? Capabilities.None
        : reader.ValueTextEquals("image_url"u8) || reader.ValueTextEquals("image"u8) || reader.ValueTextEquals("input_image"u8) ? Capabilities.Vision
        : reader.ValueTextEquals("input_audio"u8) ? Capabilities.AudioInput
        : reader.ValueTextEquals("file"u8) || reader.ValueTextEquals("input_file"u8) || reader.ValueTextEquals("document"u8) ? Capabilities.FileInput
        : Capabilities.None;

    /// <summary>True for at least one.</summary>
    private static bool ReadToolCalls(ref Utf8JsonReader reader, Envelope envelope)
    {
        var (start, calls) = (reader.TokenStartIndex, 0);
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                calls++;
                ReadToolCall(ref reader, envelope);
            }
        }

        reader.Skip();
        envelope.PromptLength += reader.BytesConsumed - start;
        envelope.Capabilities |= calls > 1 ? Capabilities.ParallelTools : Capabilities.None;
        return calls > 0;
    }

    private static void ReadToolCall(ref Utf8JsonReader reader, Envelope envelope)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var isId = reader.ValueTextEquals("id"u8);
                reader.Read();
                if (isId)
                {
                    CallIds.Note(ref reader, envelope);
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        reader.Skip();
    }

    private static void ReadMark(ref Utf8JsonReader reader, Envelope envelope)
    {
        envelope.Capabilities |= reader.ValueTextEquals("cache_control"u8) ? Capabilities.PromptCaching : Capabilities.None;
        reader.Read();
        reader.Skip();
    }
}

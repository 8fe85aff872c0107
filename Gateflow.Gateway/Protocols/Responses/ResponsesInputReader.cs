using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols.Chat;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>Reads roles, kinds of content and the identity of the conversation from <c>input</c>, a text or an array of items.</summary>
internal static class ResponsesInputReader
{
    private const Capabilities OfInput = Capabilities.SystemRole | Capabilities.DeveloperRole | Capabilities.Prefill
        | Capabilities.Vision | Capabilities.AudioInput | Capabilities.FileInput;

    /// <summary>Reads the value of <c>input</c>, at whose name the reader stands.</summary>
    public static GatewayError? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        reader.Read();
        envelope.Set(OfInput, false);
        envelope.Conversation = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                envelope.PromptLength += reader.ValueSpan.Length;
                envelope.Conversation = StableHash.Of(body[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]);
                return null;
            case JsonTokenType.StartArray:
                ReadItems(ref reader, body, envelope);
                return null;
            case JsonTokenType.Null:
                return null;
            default:
                return GatewayError.Invalid("input", "a string or an array of items");
        }
    }

    private static void ReadItems(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        var (role, hash, open, calls) = (ItemRole.Other, 0UL, true, 0);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            role = ReadItem(ref reader, envelope, out var content);
            calls = role == ItemRole.Call ? calls + 1 : 0;
            if (open && role is ItemRole.System or ItemRole.Developer or ItemRole.User)
            {
                hash = StableHash.Of(body[content], hash);
                open = role != ItemRole.User;
                envelope.Conversation = open ? 0 : hash;
            }

            envelope.Capabilities |= role switch
            {
                ItemRole.System => Capabilities.SystemRole,
                ItemRole.Developer => Capabilities.DeveloperRole,
                ItemRole.Call when calls > 1 => Capabilities.ParallelTools,
                _ => Capabilities.None,
            };
        }

        envelope.Set(Capabilities.Prefill, role == ItemRole.Assistant);
    }

    private static ItemRole ReadItem(ref Utf8JsonReader reader, Envelope envelope, out Range content)
    {
        var role = ItemRole.Other;
        content = 0..0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                role = reader.TokenType == JsonTokenType.String ? RoleOf(ref reader) : role;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    role = reader.ValueTextEquals("function_call"u8) ? ItemRole.Call : role;
                    envelope.Add(Capabilities.StoredState, reader.ValueTextEquals("item_reference"u8));
                    envelope.HasThoughts |= reader.ValueTextEquals("reasoning"u8);
                }

                reader.Skip();
            }
            else if (reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("output"u8) || reader.ValueTextEquals("arguments"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                ChatMessagesReader.ReadContent(ref reader, envelope);
                content = start..(int)reader.BytesConsumed;
            }
            else if (reader.ValueTextEquals("call_id"u8))
            {
                reader.Read();
                CallIds.Note(ref reader, envelope);
            }
            else if (reader.ValueTextEquals("encrypted_content"u8))
            {
                reader.Read();
                envelope.ForeignThoughts |= reader.TokenType == JsonTokenType.String && ForeignProof.IsOne(reader.ValueSpan);
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return role;
    }

    private static ItemRole RoleOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("user"u8) ? ItemRole.User
        : reader.ValueTextEquals("assistant"u8) ? ItemRole.Assistant
        : reader.ValueTextEquals("system"u8) ? ItemRole.System
        : reader.ValueTextEquals("developer"u8) ? ItemRole.Developer
        : ItemRole.Other;

    private enum ItemRole : byte
    {
        Other,
        System,
        Developer,
        User,
        Assistant,

        /// <summary>No message but the call of a function.</summary>
        Call,
    }
}

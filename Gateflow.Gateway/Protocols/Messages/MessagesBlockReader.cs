using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Reads length and kinds of blocks of content, those within results of tools included.</summary>
internal static class MessagesBlockReader
{
    /// <summary>Reads the value at which the reader stands, whole: a text, or an array of blocks, whose kinds it returns.</summary>
    public static BlockKinds ReadContent(ref Utf8JsonReader reader, Envelope envelope)
    {
        var found = BlockKinds.None;
        if (reader.TokenType == JsonTokenType.String)
        {
            envelope.PromptLength += reader.ValueSpan.Length;
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            var calls = 0;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    var kind = ReadBlock(ref reader, envelope);
                    calls += kind == BlockKinds.Call ? 1 : 0;
                    found |= kind;
                }
                else
                {
                    reader.Skip();
                }
            }

            envelope.Capabilities |= calls > 1 ? Capabilities.ParallelTools : Capabilities.None;
        }
        else
        {
            reader.Skip();
        }

        return found;
    }

    private static BlockKinds ReadBlock(ref Utf8JsonReader reader, Envelope envelope)
    {
        var (kind, isThought, isSigned) = (BlockKinds.None, false, false);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    kind = KindOf(ref reader);
                    isThought = reader.ValueTextEquals("thinking"u8);
                    envelope.Capabilities |= Used(ref reader);
                }

                reader.Skip();
            }
            else if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                ReadContent(ref reader, envelope);
            }
            else if (reader.ValueTextEquals("signature"u8))
            {
                reader.Read();
                isSigned = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("input"u8))
            {
                reader.Read();
                var start = reader.TokenStartIndex;
                reader.Skip();
                envelope.PromptLength += reader.BytesConsumed - start;
            }
            else if (reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("tool_use_id"u8))
            {
                reader.Read();
                CallIds.Note(ref reader, envelope);
            }
            else if (reader.ValueTextEquals("source"u8))
            {
                reader.Read();
                ReadSource(ref reader, envelope);
            }
            else
            {
                envelope.Capabilities |= reader.ValueTextEquals("cache_control"u8) ? Capabilities.PromptCaching : Capabilities.None;
                reader.Read();
                reader.Skip();
            }
        }

        if (isThought && !isSigned)
        {
            envelope.ForeignThoughts = true;
            return BlockKinds.None; // it will be taken out
        }

        return kind;
    }

    /// <summary>Only documents that are text have a length in tokens that their bytes tell.</summary>
    private static void ReadSource(ref Utf8JsonReader reader, Envelope envelope)
    {
        var (isText, length) = (false, 0L);
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var (isType, isData) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("data"u8));
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    isText = isType ? reader.ValueTextEquals("text"u8) : isText;
                    length = isData ? reader.ValueSpan.Length : length;
                }

                reader.Skip();
            }
        }

        reader.Skip();
        envelope.PromptLength += isText ? length : 0;
    }

    private static BlockKinds KindOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("tool_use"u8) ? BlockKinds.Call
        : reader.ValueTextEquals("tool_result"u8) ? BlockKinds.Result
        : reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("redacted_thinking"u8) ? BlockKinds.Thought
        : BlockKinds.None;

    private static Capabilities Used(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("image"u8) ? Capabilities.Vision
        : reader.ValueTextEquals("document"u8) ? Capabilities.FileInput
        : reader.ValueTextEquals("mid_conv_system"u8) ? Capabilities.SystemRole | Capabilities.SystemTurns
        : Capabilities.None;
}

/// <summary>The kinds of blocks by which turns that call tools are told from others.</summary>
[Flags]
internal enum BlockKinds : byte
{
    None = 0,
    Call = 1,
    Result = 2,

    /// <summary>One that its provider signed or hid.</summary>
    Thought = 4,
}

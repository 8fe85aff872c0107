using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Reads length and kinds of blocks of content, those within results of tools included.</summary>
internal static class MessagesBlockReader
{
    /// <summary>Reads the value at which the reader stands, whole: a text, or an array of blocks.</summary>
    public static void ReadContent(ref Utf8JsonReader reader, Envelope envelope)
    {
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
                    calls += ReadBlock(ref reader, envelope) ? 1 : 0;
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
    }

    /// <summary>True for the call of a tool.</summary>
    private static bool ReadBlock(ref Utf8JsonReader reader, Envelope envelope)
    {
        var (isCall, isThought, isSigned) = (false, false, false);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    isCall = reader.ValueTextEquals("tool_use"u8);
                    isThought = reader.ValueTextEquals("thinking"u8);
                    envelope.Capabilities |= KindOf(ref reader);
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

        envelope.UnsignedThoughts |= isThought && !isSigned;
        return isCall;
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

    private static Capabilities KindOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("image"u8) ? Capabilities.Vision
        : reader.ValueTextEquals("document"u8) ? Capabilities.FileInput
        : Capabilities.None;
}

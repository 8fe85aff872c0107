using System.Text.Json;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>
/// Reads usage, stop reason and emptiness from a message or from one event of a streamed one, without building a document. An event's members
/// have other names than a message's, or mean the same, so that both are read alike.
/// </summary>
internal static class MessageAnswerReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Adds what stands in <paramref name="json"/> to <paramref name="facts"/>; false when it is not a JSON object.</summary>
    /// <param name="json">One whole JSON value.</param>
    /// <param name="facts">What is known so far.</param>
    /// <param name="marks">Where the model stands.</param>
    public static bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks)
    {
        marks = default;
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            ReadMembers(ref reader, facts, ref marks);
            while (reader.Read())
            {
                // anything after the object is refused by the reader
            }

            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Reads the members of a message, of an event, or of the message that a stream begins with.</summary>
    private static void ReadMembers(ref Utf8JsonReader reader, AnswerFacts facts, ref AnswerMarks marks)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("content_block"u8))
            {
                reader.Read();
                MessageBlockReader.Read(ref reader, facts);
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                ReadContent(ref reader, facts);
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadMembers(ref reader, facts, ref marks);
                }
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                MessageUsageReader.Read(ref reader, facts);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                marks = reader.TokenType == JsonTokenType.String
                    ? new AnswerMarks(false, (int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex))
                    : marks;
            }
            else if (reader.ValueTextEquals("stop_reason"u8))
            {
                reader.Read();
                facts.Finish = reader.TokenType == JsonTokenType.String ? StopReasons.Of(ref reader) : facts.Finish;
            }
            else
            {
                var isError = reader.ValueTextEquals("error"u8);
                reader.Read();
                facts.HasError |= isError && reader.TokenType != JsonTokenType.Null;
            }

            reader.Skip();
        }
    }

    private static void ReadContent(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                MessageBlockReader.Read(ref reader, facts);
            }
        }
    }
}

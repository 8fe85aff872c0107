using System.Text.Json;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>
/// Reads usage, finish reason and emptiness from a chat completion or from one chunk of a streamed one (the shapes differ
/// in <c>message</c> against <c>delta</c> only), without building a document.
/// </summary>
internal static class ChatAnswerReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Adds what stands in <paramref name="json"/> to <paramref name="facts"/>; false when it is not a JSON object.</summary>
    /// <param name="json">One whole JSON value.</param>
    /// <param name="facts">What is known so far.</param>
    /// <param name="marks">Where the model stands, and whether it is the chunk that ends a stream with usage and no choice.</param>
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

            var (choices, usage, modelStart, modelLength) = (0, false, 0, 0);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                if (reader.ValueTextEquals("choices"u8))
                {
                    reader.Read();
                    choices = ReadChoices(ref reader, facts);
                }
                else if (reader.ValueTextEquals("usage"u8))
                {
                    reader.Read();
                    usage = ChatUsageReader.Read(ref reader, facts);
                }
                else if (reader.ValueTextEquals("model"u8))
                {
                    reader.Read();
                    (modelStart, modelLength) = reader.TokenType == JsonTokenType.String
                        ? ((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex))
                        : (0, 0);
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("error"u8))
                {
                    reader.Read();
                    facts.HasError |= reader.TokenType != JsonTokenType.Null;
                    reader.Skip();
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }

            while (reader.Read())
            {
                // anything after the object is refused by the reader
            }

            marks = new AnswerMarks(usage && choices == 0, modelStart, modelLength);
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static int ReadChoices(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        var count = 0;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    count++;
                    ReadChoice(ref reader, facts);
                }

                reader.Skip();
            }
        }

        reader.Skip();
        return count;
    }

    private static void ReadChoice(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        var first = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadMessage(ref reader, facts, first);
                }
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                first = reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var index) || index == 0;
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    facts.Finish = FinishOf(ref reader);
                }
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }
    }

    private static void ReadMessage(ref Utf8JsonReader reader, AnswerFacts facts, bool first)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    AddText(ref reader, facts, first);
                }
                else if (reader.TokenType == JsonTokenType.StartArray)
                {
                    ReadParts(ref reader, facts, first, thoughts: false);
                }
            }
            else if (reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("function_call"u8))
            {
                reader.Read();
                ReadToolCalls(ref reader, facts, first);
            }
            else if (reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("audio"u8))
            {
                var refusal = reader.ValueTextEquals("refusal"u8);
                reader.Read();
                facts.Refused |= refusal && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0;
                var start = reader.TokenStartIndex;
                var given = reader.TokenType != JsonTokenType.Null;
                reader.Skip();
                facts.ContentLength += given ? reader.BytesConsumed - start : 0;
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }
    }

    private static void AddText(ref Utf8JsonReader text, AnswerFacts facts, bool first)
    {
        facts.ContentLength += text.ValueSpan.Length;
        if (first)
        {
            facts.Keep(ref text);
        }
    }

    /// <summary>Some compatible servers send <c>[{"type":"thinking","thinking":[{"text":…}]},{"type":"text","text":…}]</c> in place of a text.</summary>
    private static void ReadParts(ref Utf8JsonReader reader, AnswerFacts facts, bool first, bool thoughts)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadPart(ref reader, facts, first, thoughts);
            }

            reader.Skip();
        }
    }

    private static void ReadPart(ref Utf8JsonReader reader, AnswerFacts facts, bool first, bool thoughts)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (isText, isThinking) = (reader.ValueTextEquals("text"u8), reader.ValueTextEquals("thinking"u8));
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String && thoughts)
            {
                facts.ReasoningLength += reader.ValueSpan.Length;
            }
            else if (isText && reader.TokenType == JsonTokenType.String)
            {
                AddText(ref reader, facts, first);
            }
            else if (isThinking && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadParts(ref reader, facts, first, thoughts: true);
            }

            reader.Skip();
        }
    }

    private static void ReadToolCalls(ref Utf8JsonReader reader, AnswerFacts facts, bool first)
    {
        var start = reader.TokenStartIndex;
        var calls = reader.TokenType == JsonTokenType.StartObject ? 1 : 0;
        if (first && facts.Calls is { } kept)
        {
            ChatCallKeeper.Keep(reader, kept);
        }

        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                calls++;
                reader.Skip();
            }
        }

        reader.Skip();
        if (calls > 0)
        {
            facts.HasToolCalls = true;
            facts.ContentLength += reader.BytesConsumed - start;
        }
    }

    private static Finish FinishOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("stop"u8) ? Finish.Stop
        : reader.ValueTextEquals("length"u8) ? Finish.Length
        : reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("function_call"u8) ? Finish.ToolCalls
        : reader.ValueTextEquals("content_filter"u8) ? Finish.ContentFilter
        : Finish.Other;
}

using System.Text.Json;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Reads one block of a message's content, its beginning, or what a stream adds to one, which hold the same members as far as they matter.</summary>
internal static class MessageBlockReader
{
    /// <summary>Reads the value at which the reader stands, whole.</summary>
    public static void Read(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        if (facts.Calls is { } calls)
        {
            KeepCall(reader, calls);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    facts.ContentLength += reader.ValueSpan.Length;
                    facts.Keep(ref reader);
                }
            }
            else if (reader.ValueTextEquals("partial_json"u8))
            {
                reader.Read();
                facts.ContentLength += reader.TokenType == JsonTokenType.String ? reader.ValueSpan.Length : 0;
            }
            else if (reader.ValueTextEquals("thinking"u8))
            {
                reader.Read();
                facts.ReasoningLength += reader.TokenType == JsonTokenType.String ? reader.ValueSpan.Length : 0;
            }
            else if (reader.ValueTextEquals("stop_reason"u8))
            {
                reader.Read();
                facts.Finish = reader.TokenType == JsonTokenType.String ? StopReasons.Of(ref reader) : facts.Finish;
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                facts.HasToolCalls |= reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("tool_use"u8);
            }
            else
            {
                // Arguments of calls, and what tools of Anthropic's own brought.
                var counts = reader.ValueTextEquals("input"u8) || reader.ValueTextEquals("content"u8);
                reader.Read();
                var start = reader.TokenStartIndex;
                reader.Skip();
                facts.ContentLength += counts ? reader.BytesConsumed - start : 0;
            }

            reader.Skip();
        }
    }

    /// <summary>Keeps the call that a <c>tool_use</c> block is or begins, or the piece of arguments that a delta adds to the last one.</summary>
    /// <param name="reader">A copy, at the block.</param>
    private static void KeepCall(Utf8JsonReader reader, KeptCalls calls)
    {
        string? name = null, piece = null;
        var isCall = false;
        Utf8JsonReader input = default;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (isType, isName, isInput, isPiece) = (
                reader.ValueTextEquals("type"u8), reader.ValueTextEquals("name"u8), reader.ValueTextEquals("input"u8), reader.ValueTextEquals("partial_json"u8));
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                isCall |= isType && reader.ValueTextEquals("tool_use"u8);
                name = isName ? reader.GetString() : name;
                piece = isPiece ? reader.GetString() : piece;
            }
            else if (isInput && reader.TokenType == JsonTokenType.StartObject)
            {
                input = reader;
            }

            reader.Skip();
        }

        if (isCall && name is not null)
        {
            calls.Begin(calls.Count, name);
            if (input.TokenType == JsonTokenType.StartObject && JsonElement.ParseValue(ref input) is var whole && whole.EnumerateObject().Any())
            {
                calls.AddToLast(whole.GetRawText());
            }
        }
        else if (piece is not null)
        {
            calls.AddToLast(piece);
        }
    }
}

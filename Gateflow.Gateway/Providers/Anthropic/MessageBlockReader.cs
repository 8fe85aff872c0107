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
}

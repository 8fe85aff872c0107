using System.Text.Json;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>
/// Reads usage, end and emptiness from a response, or from one event of a streamed one, without building a document. The events that begin and end a
/// stream hold the response itself, so both are read alike; a response's output is read only where no pieces of it came before.
/// </summary>
internal static class ResponsesAnswerReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

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

            var (kind, isEvent) = (EventKind.Other, false);
            var response = default(ResponseMembers);
            Utf8JsonReader delta = default, item = default;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                if (reader.ValueTextEquals("type"u8))
                {
                    reader.Read();
                    (kind, isEvent) = (KindOf(ref reader), true);
                }
                else if (reader.ValueTextEquals("delta"u8))
                {
                    reader.Read();
                    delta = reader;
                }
                else if (reader.ValueTextEquals("item"u8))
                {
                    reader.Read();
                    item = reader;
                }
                else if (reader.ValueTextEquals("response"u8))
                {
                    reader.Read();
                    response.ReadObject(ref reader, facts);
                }
                else
                {
                    response.ReadMember(ref reader, facts);
                }

                reader.Skip();
            }

            while (reader.Read())
            {
                // anything after the object is refused by the reader
            }

            ReadEvent(kind, ref delta, ref item, facts);
            response.Conclude(facts, isEvent);
            marks = new AnswerMarks(false, response.ModelStart, response.ModelLength);
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void ReadEvent(EventKind kind, ref Utf8JsonReader delta, ref Utf8JsonReader item, AnswerFacts facts)
    {
        switch (kind)
        {
            case EventKind.Error:
                facts.HasError = true;
                break;
            case EventKind.ItemAdded when item.TokenType == JsonTokenType.StartObject:
                ResponsesOutputReader.ReadBegun(ref item, facts);
                break;
            case EventKind.Text when delta.TokenType == JsonTokenType.String:
                facts.Keep(ref delta);
                facts.ContentLength += delta.ValueSpan.Length;
                break;
            case EventKind.Reasoning when delta.TokenType == JsonTokenType.String:
                facts.ReasoningLength += delta.ValueSpan.Length;
                break;
            case EventKind.Arguments when delta.TokenType == JsonTokenType.String:
                facts.Calls?.AddToLast(delta.GetString()!);
                facts.ContentLength += delta.ValueSpan.Length;
                break;
            case EventKind.Refusal when delta.TokenType == JsonTokenType.String:
                facts.Refused = true;
                facts.ContentLength += delta.ValueSpan.Length;
                break;
        }
    }

    private static EventKind KindOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? EventKind.Other
        : reader.ValueTextEquals("response.output_text.delta"u8) ? EventKind.Text
        : reader.ValueTextEquals("response.function_call_arguments.delta"u8) || reader.ValueTextEquals("response.custom_tool_call_input.delta"u8) ? EventKind.Arguments
        : reader.ValueTextEquals("response.reasoning_summary_text.delta"u8) || reader.ValueTextEquals("response.reasoning_text.delta"u8) ? EventKind.Reasoning
        : reader.ValueTextEquals("response.refusal.delta"u8) ? EventKind.Refusal
        : reader.ValueTextEquals("response.output_item.added"u8) ? EventKind.ItemAdded
        : reader.ValueTextEquals("error"u8) ? EventKind.Error
        : EventKind.Other;

    private enum EventKind : byte
    {
        Other,
        Text,
        Reasoning,
        Arguments,
        Refusal,
        ItemAdded,
        Error,
    }
}

using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Streaming;

namespace Gateflow.Simulator.Anthropic;

/// <summary>A message as the events of its stream.</summary>
internal static class MessageEvents
{
    public static StreamScript Of(Message message, Turn turn) => new(
        Events(message),
        message.Blocks.Sum(block => block.Text.Length),
        Failure(AnthropicError.Simulated(turn.Entry.Behaviour.ErrorStatus, message.Model)));

    private static IEnumerable<StreamEvent> Events(Message message)
    {
        yield return Event("message_start", json =>
        {
            json.WriteStartObject("message");
            message.WriteHead(json);
            json.WriteStartArray("content");
            json.WriteEndArray();
            json.WriteNull("stop_reason");
            json.WriteNull("stop_sequence");
            message.Usage.Write(json, Math.Min(1, message.Usage.Output));
            json.WriteEndObject();
        });
        foreach (var (index, block) in message.Blocks.Index())
        {
            foreach (var item in Block(index, block))
            {
                yield return item;
            }

            if (index == 0)
            {
                yield return Event("ping", static _ => { });
            }
        }

        yield return Event("message_delta", json =>
        {
            json.WriteStartObject("delta");
            message.WriteStop(json);
            json.WriteEndObject();
            message.Usage.WriteFinal(json);
        });
        yield return Event("message_stop", static _ => { });
    }

    private static IEnumerable<StreamEvent> Block(int index, AnswerBlock block)
    {
        yield return Event("content_block_start", json =>
        {
            json.WriteNumber("index", index);
            json.WriteStartObject("content_block");
            block.WriteEmpty(json);
            json.WriteEndObject();
        });
        var (delta, field) = block.Type switch
        {
            "thinking" => ("thinking_delta", "thinking"),
            "tool_use" => ("input_json_delta", "partial_json"),
            _ => ("text_delta", "text"),
        };
        if (block.Type == "tool_use")
        {
            yield return Delta(index, delta, field, "");
        }

        for (var at = 0; at < block.Text.Length;)
        {
            var piece = Pieces.Next(block.Text.AsSpan(at)).ToString();
            at += piece.Length;
            yield return Delta(index, delta, field, piece);
        }

        if (block.Type == "thinking")
        {
            yield return Delta(index, "signature_delta", "signature", block.Signature) with { Characters = 0 };
        }

        yield return Event("content_block_stop", json => json.WriteNumber("index", index));
    }

    private static StreamEvent Delta(int index, string type, string field, string text) => Event("content_block_delta", json =>
    {
        json.WriteNumber("index", index);
        json.WriteStartObject("delta");
        json.WriteString("type", type);
        json.WriteString(field, text);
        json.WriteEndObject();
    }) with { Characters = text.Length };

    private static StreamEvent Failure(AnthropicError error) => Event("error", json =>
    {
        json.WriteStartObject("error");
        json.WriteString("type", error.Type);
        json.WriteString("message", error.Message);
        json.WriteEndObject();
    });

    private static StreamEvent Event(string name, Action<Utf8JsonWriter> write) => new(name, json =>
    {
        json.WriteString("type", name);
        write(json);
    });
}

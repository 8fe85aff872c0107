using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Streaming;

namespace Gateflow.Simulator.Bedrock;

/// <summary>An answer as the events of its stream. Only calls of tools have an event for their start.</summary>
internal static class ConverseEvents
{
    /// <summary>Bedrock pads its events, so that their lengths do not tell what was said.</summary>
    private const string Padding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    public static StreamScript Of(ConverseAnswer answer, Turn turn) =>
        new(Events(answer), answer.Blocks.Sum(block => block.Text.Length), Failure(BedrockError.Simulated(turn.Entry.Behaviour.ErrorStatus)));

    private static IEnumerable<StreamEvent> Events(ConverseAnswer answer)
    {
        yield return Event("messageStart", static json => json.WriteString("role", "assistant"));
        foreach (var (index, block) in answer.Blocks.Index())
        {
            foreach (var item in Block(index, block))
            {
                yield return item;
            }
        }

        yield return Event("messageStop", answer.WriteStop);
        yield return Event("metadata", json =>
        {
            answer.WriteMetrics(json);
            answer.WriteUsage(json);
        });
    }

    private static IEnumerable<StreamEvent> Block(int index, ConverseAnswerBlock block)
    {
        if (block.Kind == "toolUse")
        {
            yield return OfBlock("contentBlockStart", index, json =>
            {
                json.WriteStartObject("start");
                json.WriteStartObject(block.Kind);
                block.WriteCall(json);
                json.WriteEndObject();
                json.WriteEndObject();
            });
        }

        for (var at = 0; at < block.Text.Length;)
        {
            var piece = Pieces.Next(block.Text.AsSpan(at)).ToString();
            at += piece.Length;
            yield return Delta(index, json => block.WritePiece(json, piece)) with { Characters = piece.Length };
        }

        if (block.Kind == "reasoningContent")
        {
            yield return Delta(index, json =>
            {
                json.WriteStartObject(block.Kind);
                json.WriteString("signature", block.Signature);
                json.WriteEndObject();
            });
        }

        yield return OfBlock("contentBlockStop", index, static _ => { });
    }

    private static StreamEvent Delta(int index, Action<Utf8JsonWriter> write) => OfBlock("contentBlockDelta", index, json =>
    {
        json.WriteStartObject("delta");
        write(json);
        json.WriteEndObject();
    });

    private static StreamEvent OfBlock(string name, int index, Action<Utf8JsonWriter> write) => Event(name, json =>
    {
        json.WriteNumber("contentBlockIndex", index);
        write(json);
    });

    private static StreamEvent Event(string name, Action<Utf8JsonWriter> write) => new(name, json =>
    {
        write(json);
        json.WriteString("p", Padding.AsSpan(0, name.Length));
    });

    private static StreamEvent Failure(BedrockError error) => new(error.EventName, json => json.WriteString("message", error.Message));
}

using System.Buffers;
using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.Anthropic;

/// <summary>A whole answer, and the object of Anthropic that carries it when it is not streamed.</summary>
internal sealed record Message
{
    public string Id { get; } = "msg_" + AnthropicIds.New();

    public required string Model { get; init; }

    public required Reply Reply { get; init; }

    public required MessageUsage Usage { get; init; }

    /// <summary>In the order of the answer.</summary>
    public required IReadOnlyList<AnswerBlock> Blocks { get; init; }

    public string StopReason => Reply switch
    {
        { End: ReplyEnd.Length } => "max_tokens",
        { ToolCalls.Count: > 0 } => "tool_use",
        { StoppedBy: not null } => "stop_sequence",
        _ => "end_turn",
    };

    public static Message Of(Reply reply, MessagesRequest request, PromptCache cache) => new()
    {
        Model = request.Model,
        Reply = reply,
        Usage = MessageUsage.Of(request, reply, cache),
        Blocks = AnswerBlock.Of(reply, request.ShowThinking),
    };

    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, SimulatorJson.Writer);
        json.WriteStartObject();
        WriteHead(json);
        json.WriteStartArray("content");
        foreach (var block in Blocks)
        {
            json.WriteStartObject();
            block.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteStop(json);
        Usage.Write(json, Usage.Output);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public void WriteHead(Utf8JsonWriter json)
    {
        json.WriteString("id", Id);
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", Model);
    }

    public void WriteStop(Utf8JsonWriter json)
    {
        json.WriteString("stop_reason", StopReason);
        json.WriteString("stop_sequence", StopReason == "stop_sequence" ? Reply.StoppedBy : null);
    }
}

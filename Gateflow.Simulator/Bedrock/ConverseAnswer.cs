using System.Buffers;
using System.Text.Json;
using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;

namespace Gateflow.Simulator.Bedrock;

/// <summary>A whole answer, and the object of Converse that carries it when it is not streamed.</summary>
internal sealed record ConverseAnswer
{
    private const string StopPointer = "/stop_sequence";

    public required Reply Reply { get; init; }

    public required ConverseRequest Request { get; init; }

    /// <summary>In the order of the answer.</summary>
    public required IReadOnlyList<ConverseAnswerBlock> Blocks { get; init; }

    public required int LatencyMs { get; init; }

    public required int CacheRead { get; init; }

    public required int CacheWritten { get; init; }

    public int OutputTokens => Reply.Tokens;

    public string StopReason => Reply switch
    {
        { End: ReplyEnd.Length } => "max_tokens",
        { ToolCalls.Count: > 0 } => "tool_use",
        { StoppedBy: not null } => "stop_sequence",
        _ => "end_turn",
    };

    public static ConverseAnswer Of(Reply reply, ConverseRequest request, Turn turn, PromptCache cache)
    {
        var (read, written) = request.Prompt.Use(cache, request.Model);
        return new ConverseAnswer
        {
            Reply = reply,
            Request = request,
            Blocks = ConverseAnswerBlock.Of(reply),
            LatencyMs = (int)turn.Latency.TotalMilliseconds,
            CacheRead = read,
            CacheWritten = written,
        };
    }

    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, SimulatorJson.Writer);
        json.WriteStartObject();
        if (Request.MoreFields.Contains(StopPointer))
        {
            json.WriteStartObject("additionalModelResponseFields");
            json.WriteString("stop_sequence", Reply.StoppedBy);
            json.WriteEndObject();
        }

        WriteMetrics(json);
        json.WriteStartObject("output");
        json.WriteStartObject("message");
        json.WriteStartArray("content");
        foreach (var block in Blocks)
        {
            json.WriteStartObject();
            block.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("role", "assistant");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("stopReason", StopReason);
        WriteUsage(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public void WriteMetrics(Utf8JsonWriter json)
    {
        json.WriteStartObject("metrics");
        json.WriteNumber("latencyMs", LatencyMs);
        json.WriteEndObject();
    }

    public void WriteUsage(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("cacheReadInputTokens", CacheRead);
        json.WriteNumber("cacheWriteInputTokens", CacheWritten);
        json.WriteNumber("inputTokens", Request.Prompt.Tokens - CacheRead - CacheWritten);
        json.WriteNumber("outputTokens", OutputTokens);
        json.WriteNumber("totalTokens", Request.Prompt.Tokens + OutputTokens);
        json.WriteEndObject();
    }

    /// <summary>In a stream the model's own answer is its last event, which has the field under "delta".</summary>
    public void WriteStop(Utf8JsonWriter json)
    {
        if (Request.MoreFields.Contains("/delta" + StopPointer))
        {
            json.WriteStartObject("additionalModelResponseFields");
            json.WriteStartObject("delta");
            json.WriteString("stop_sequence", Reply.StoppedBy);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteString("stopReason", StopReason);
    }
}

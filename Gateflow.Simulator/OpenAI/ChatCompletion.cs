using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>A whole answer, and the object of OpenAI that carries it when it is not streamed.</summary>
internal sealed record ChatCompletion
{
    public required string Id { get; init; }

    public required long Created { get; init; }

    public required string Model { get; init; }

    public required int PromptTokens { get; init; }

    /// <summary>Part of <see cref="PromptTokens"/>.</summary>
    public required int CachedTokens { get; init; }

    /// <summary>Whether Azure's content filter has its say.</summary>
    public bool ContentFilter { get; init; }

    /// <summary>Alternatives wanted for each token; null when log probabilities were not asked for.</summary>
    public int? TopLogprobs { get; init; }

    public required IReadOnlyList<Reply> Replies { get; init; }

    public int CompletionTokens => Replies.Sum(reply => reply.Tokens);

    public string Fingerprint => field ??= "fp_" + StableHash.Of(Model).ToString("x16", CultureInfo.InvariantCulture)[..10];

    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, SimulatorJson.Writer);
        json.WriteStartObject();
        WriteHead(json, "chat.completion");
        json.WriteStartArray("choices");
        for (var index = 0; index < Replies.Count; index++)
        {
            WriteChoice(json, index, Replies[index]);
        }

        json.WriteEndArray();
        WriteUsage(json);
        if (ContentFilter)
        {
            Azure.ContentFilter.WritePrompt(json);
        }

        json.WriteString("service_tier", "default");
        json.WriteString("system_fingerprint", Fingerprint);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public void WriteHead(Utf8JsonWriter json, string kind)
    {
        json.WriteString("id", Id);
        json.WriteString("object", kind);
        json.WriteNumber("created", Created);
        json.WriteString("model", Model);
    }

    public void WriteUsage(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", PromptTokens);
        json.WriteNumber("completion_tokens", CompletionTokens);
        json.WriteNumber("total_tokens", PromptTokens + CompletionTokens);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", CachedTokens);
        json.WriteNumber("audio_tokens", 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", Replies.Sum(reply => reply.ThoughtTokens));
        json.WriteNumber("audio_tokens", 0);
        json.WriteNumber("accepted_prediction_tokens", 0);
        json.WriteNumber("rejected_prediction_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static string FinishReason(ReplyEnd end) => end switch
    {
        ReplyEnd.Length => "length",
        ReplyEnd.ToolCalls => "tool_calls",
        _ => "stop",
    };

    public static string NewCallId() => "call_" + Guid.NewGuid().ToString("N")[..24];

    private void WriteChoice(Utf8JsonWriter json, int index, Reply reply)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", reply.Text);
        json.WriteNull("refusal");
        json.WriteStartArray("annotations");
        json.WriteEndArray();
        if (reply.ToolCalls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in reply.ToolCalls)
            {
                json.WriteStartObject();
                json.WriteString("id", NewCallId());
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WriteString("arguments", call.Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        Logprobs.Write(json, reply.Text, TopLogprobs);
        json.WriteString("finish_reason", FinishReason(reply.End));
        if (ContentFilter)
        {
            Azure.ContentFilter.WriteAnswer(json);
        }

        json.WriteEndObject();
    }
}

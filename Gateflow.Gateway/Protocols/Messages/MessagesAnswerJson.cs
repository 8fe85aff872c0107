using System.Text.Encodings.Web;
using System.Text.Json;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>What whole messages and streamed ones have in common.</summary>
internal static class MessagesAnswerJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary><c>id, type, role, model</c>. An id of another form than Anthropic's is replaced by one made of the request's.</summary>
    public static void WriteHead(Utf8JsonWriter json, string? id, AnswerContext context)
    {
        json.WriteString("id"u8, id?.StartsWith("msg_", StringComparison.Ordinal) == true ? id : $"msg_{context.RequestId[(context.RequestId.IndexOf('_', StringComparison.Ordinal) + 1)..]}");
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("model"u8, context.Model);
    }

    /// <summary>
    /// Whether thoughts without a proof are told. Anthropic's models do not think unasked, or prove it: callers who did not ask, or named an effort alone, take the first block for the answer.
    /// </summary>
    public static bool TellsThoughts(ModelRequest request) => request.Reasoning is { Enabled: true } and ({ Budget: not null } or { Adaptive: true });

    /// <summary>Tokens as Anthropic counts them: those that the cache had a part in are not among <c>input_tokens</c>.</summary>
    public static void WriteUsage(Utf8JsonWriter json, Counted? usage)
    {
        var (cached, written) = (usage?.Cached ?? 0, usage?.CacheWritten ?? 0);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, Math.Max(0, (usage?.Input ?? 0) - cached - written));
        json.WriteNumber("cache_creation_input_tokens"u8, written);
        json.WriteNumber("cache_read_input_tokens"u8, cached);
        json.WriteNumber("output_tokens"u8, usage?.Output ?? 0);
        if (usage?.Reasoning is > 0 and var reasoning)
        {
            json.WriteStartObject("output_tokens_details"u8);
            json.WriteNumber("thinking_tokens"u8, reasoning);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary><c>stop_reason, stop_sequence</c>; calls of tools are always told as such, for callers go on by it.</summary>
    public static void WriteStop(Utf8JsonWriter json, Finished? finished, bool hasCalls, bool refused)
    {
        var reason = finished?.Reason switch
        {
            Finish.Length => "max_tokens",
            Finish.ContentFilter => "refusal",
            _ when refused => "refusal",
            _ when hasCalls => "tool_use",
            _ => finished?.StopSequence is null ? "end_turn" : "stop_sequence",
        };
        json.WriteString("stop_reason"u8, reason);
        json.WriteString("stop_sequence"u8, reason == "stop_sequence" ? finished!.StopSequence : null);
    }

    /// <summary>The members of a call of a tool but its <c>input</c>.</summary>
    public static void WriteCall(Utf8JsonWriter json, ToolStart call)
    {
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, call.Id);
        json.WriteString("name"u8, call.Name);
        json.WriteStartObject("caller"u8); // the model itself, not code of its own
        json.WriteString("type"u8, "direct"u8);
        json.WriteEndObject();
    }
}

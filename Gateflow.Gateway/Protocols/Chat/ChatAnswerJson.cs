using System.Text.Encodings.Web;
using System.Text.Json;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>What whole completions and chunks have in common.</summary>
internal static class ChatAnswerJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary><c>id, object, created, model</c>.</summary>
    public static void WriteHead(Utf8JsonWriter json, string kind, string? id, AnswerContext context)
    {
        json.WriteString("id"u8, id ?? $"chatcmpl-{context.RequestId}");
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, context.At.ToUnixTimeSeconds());
        json.WriteString("model"u8, context.Model);
    }

    /// <summary>The members of a call of a tool: <c>id, type, function {name, arguments}</c> or <c>custom {name, input}</c>, and Gemini's proof where it gave one.</summary>
    public static void WriteCall(Utf8JsonWriter json, ToolStart call, string arguments, bool freeForm)
    {
        json.WriteString("id"u8, call.Id);
        json.WriteString("type"u8, freeForm ? "custom"u8 : "function"u8);
        json.WriteStartObject(freeForm ? "custom"u8 : "function"u8);
        json.WriteString("name"u8, call.Name);
        json.WriteString(freeForm ? "input"u8 : "arguments"u8, arguments);
        json.WriteEndObject();
        if (call.Signature is { } signature)
        {
            json.WriteStartObject("extra_content"u8);
            json.WriteStartObject("google"u8);
            json.WriteString("thought_signature"u8, signature);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    public static void WriteUsage(Utf8JsonWriter json, Counted usage)
    {
        var (input, output) = (usage.Input ?? 0, usage.Output ?? 0);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, input);
        json.WriteNumber("completion_tokens"u8, output);
        json.WriteNumber("total_tokens"u8, (long)input + output);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.Cached ?? 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning ?? 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The protocol's word for why a choice ended; calls of tools are always told as such, for callers go on by it.</summary>
    public static string FinishReason(Finish finish, bool hasCalls, bool legacy) => finish switch
    {
        Finish.Length => "length",
        Finish.ContentFilter => "content_filter",
        _ => !hasCalls ? "stop" : legacy ? "function_call" : "tool_calls",
    };
}

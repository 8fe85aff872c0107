using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Reads answers of Converse, whole, and the events of ConverseStream.</summary>
internal sealed class ConverseParser : IAnswerParser
{
    /// <summary>Calls by the index of their block: which call of the answer, and whether arguments came.</summary>
    private readonly Dictionary<int, (int Index, bool HasArguments)> _calls = [];

    public bool TryReadEvent(ReadOnlySpan<byte> data, string? name, List<AnswerPart> parts)
    {
        if (name?.Split('/', 2) is [EventStreamFrames.Exception or EventStreamFrames.Error, var type])
        {
            parts.Add(new Failed(BedrockErrors.OfEvent(type, data)));
            return true;
        }

        if (AnswerElement.Parse(data) is not { } json)
        {
            return false;
        }

        switch (name)
        {
            case "messageStart":
                parts.Add(new Started(null));
                break;
            case "contentBlockStart":
                ReadStart(json, parts);
                break;
            case "contentBlockDelta":
                ReadDelta(json, parts);
                break;
            case "contentBlockStop":
                ReadStop(json, parts);
                break;
            case "messageStop":
                AddFinish(json, parts);
                break;
            case "metadata":
                AddUsage(json, parts);
                break;
        }

        return true;
    }

    public bool TryReadWhole(ReadOnlySpan<byte> json, List<AnswerPart> parts)
    {
        if (AnswerElement.Parse(json) is not { } answer || answer.Find("output")?.Find("message") is not { } message)
        {
            return false;
        }

        parts.Add(new Started(null));
        var calls = 0;
        foreach (var block in message.Items("content"))
        {
            AddText(block, parts);
            if (block.Find("reasoningContent") is { } thoughts)
            {
                AddThoughts(thoughts.Find("reasoningText") ?? thoughts, parts);
            }

            if (block.Find("toolUse") is { } call)
            {
                AddCall(call, calls, parts);
                parts.Add(new ToolArguments(calls++, call.Find("input") is { } input ? Raw(input) : "{}"));
            }
        }

        AddFinish(answer, parts);
        AddUsage(answer, parts);
        return true;
    }

    private void ReadStart(JsonElement json, List<AnswerPart> parts)
    {
        if (json.Find("start")?.Find("toolUse") is { } call)
        {
            var index = _calls.Count;
            _calls[json.Count("contentBlockIndex") ?? 0] = (index, false);
            AddCall(call, index, parts);
        }
    }

    private void ReadDelta(JsonElement json, List<AnswerPart> parts)
    {
        if (json.Find("delta") is not { } delta)
        {
            return;
        }

        AddText(delta, parts);
        if (delta.Find("reasoningContent") is { } thoughts)
        {
            AddThoughts(thoughts, parts);
        }

        if (delta.Find("toolUse")?.Text("input") is { Length: > 0 } piece && Call(json) is var (block, call))
        {
            _calls[block] = call with { HasArguments = true };
            parts.Add(new ToolArguments(call.Index, piece));
        }
    }

    /// <summary>A call without arguments has an object without members, which a stream does not say.</summary>
    private void ReadStop(JsonElement json, List<AnswerPart> parts)
    {
        if (Call(json) is (_, { HasArguments: false } call))
        {
            parts.Add(new ToolArguments(call.Index, "{}"));
        }
    }

    private (int Block, (int Index, bool HasArguments) Call)? Call(JsonElement json) =>
        json.Count("contentBlockIndex") is { } block && _calls.TryGetValue(block, out var call) ? (block, call) : null;

    private static void AddText(JsonElement block, List<AnswerPart> parts)
    {
        if (block.Text("text") is { Length: > 0 } text)
        {
            parts.Add(new TextDelta(text));
        }

        foreach (var cited in block.Find("citationsContent")?.Items("content") ?? [])
        {
            AddText(cited, parts);
        }
    }

    private static void AddThoughts(JsonElement thoughts, List<AnswerPart> parts)
    {
        var (text, signature, redacted) = (thoughts.Text("text"), thoughts.Text("signature"), thoughts.Text("redactedContent"));
        if (text is { Length: > 0 } || signature is { Length: > 0 } || redacted is { Length: > 0 })
        {
            parts.Add(new ReasoningDelta(text ?? "", signature, redacted));
        }
    }

    private static void AddCall(JsonElement call, int index, List<AnswerPart> parts) =>
        parts.Add(new ToolStart(index, call.Text("toolUseId") is { Length: > 0 } id ? id : $"call_{index}", call.Text("name") ?? ""));

    private static void AddFinish(JsonElement json, List<AnswerPart> parts)
    {
        if (json.Text("stopReason") is not { } reason)
        {
            return;
        }

        if (reason is "malformed_model_output" or "malformed_tool_use")
        {
            parts.Add(new Failed(ProviderError.BrokenOff(reason)) { IsOfRequest = true });
            return;
        }

        var more = json.Find("additionalModelResponseFields");
        var sequence = more?.Text("stop_sequence") ?? more?.Find("delta")?.Text("stop_sequence");
        parts.Add(new Finished(FinishOf(reason), reason == "stop_sequence" ? sequence : null));
    }

    private static Finish FinishOf(string reason) => reason switch
    {
        "end_turn" or "stop_sequence" => Finish.Stop,
        "tool_use" => Finish.ToolCalls,
        "max_tokens" or "model_context_window_exceeded" => Finish.Length,
        "guardrail_intervened" or "content_filtered" => Finish.ContentFilter,
        _ => Finish.Other,
    };

    /// <summary>Bedrock's input counts neither what was read from the cache nor what was written to it.</summary>
    private static void AddUsage(JsonElement json, List<AnswerPart> parts)
    {
        if (json.Find("usage") is not { } usage)
        {
            return;
        }

        var (read, written) = (usage.Count("cacheReadInputTokens"), usage.Count("cacheWriteInputTokens"));
        int? input = usage.Count("inputTokens") is { } plain ? (int)Math.Min(int.MaxValue, (long)plain + (read ?? 0) + (written ?? 0)) : null;
        parts.Add(new Counted(input, read, written, usage.Count("outputTokens"), null)
        {
            CacheWrittenForHour = usage.Items("cacheDetails").FirstOrDefault(static detail => detail.Text("ttl") == "1h").Count("inputTokens"),
        });
    }

    private static string Raw(JsonElement json) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(json));
}

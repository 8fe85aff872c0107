using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Reads chat completions and their chunks, which differ in <c>message</c> against <c>delta</c> only.</summary>
internal sealed class ChatAnswerParser : IAnswerParser
{
    private readonly Dictionary<int, ChatCallTracker> _calls = [];
    private bool _started;

    public bool TryReadEvent(ReadOnlySpan<byte> data, string? name, List<AnswerPart> parts) =>
        AnswerElement.Parse(data) is { } chunk && Read(chunk, "delta", parts);

    public bool TryReadWhole(ReadOnlySpan<byte> json, List<AnswerPart> parts) =>
        AnswerElement.Parse(json) is { } answer
        && (answer.Find("choices") is { ValueKind: JsonValueKind.Array } || answer.Find("error") is not null)
        && Read(answer, "message", parts);

    private bool Read(JsonElement answer, string content, List<AnswerPart> parts)
    {
        if (answer.Find("error") is { } error)
        {
            parts.Add(new Failed(OpenAIErrorReader.ReadLate(error, "that was asked")));
            return true;
        }

        if (!_started && answer.Text("id") is { Length: > 0 } id)
        {
            _started = true;
            parts.Add(new Started(id));
        }

        foreach (var choice in answer.Items("choices"))
        {
            ReadChoice(choice, choice.Count("index") ?? 0, content, parts);
        }

        if (answer.Find("usage") is { ValueKind: JsonValueKind.Object } usage)
        {
            parts.Add(new Counted(
                usage.Count("prompt_tokens"),
                usage.Find("prompt_tokens_details")?.Count("cached_tokens") ?? usage.Count("prompt_cache_hit_tokens"),
                usage.Find("prompt_tokens_details")?.Count("cache_write_tokens"),
                ChatUsageReader.Output(usage.Count("prompt_tokens"), usage.Count("completion_tokens"), usage.Count("total_tokens")),
                usage.Find("completion_tokens_details")?.Count("reasoning_tokens")));
        }

        return true;
    }

    private void ReadChoice(JsonElement choice, int index, string content, List<AnswerPart> parts)
    {
        if (choice.Find(content) is { } message)
        {
            ReadMessage(message, index, parts);
        }

        if (choice.Find("logprobs")?.Find("content") is { ValueKind: JsonValueKind.Array } logprobs && logprobs.GetArrayLength() > 0)
        {
            parts.Add(new LogprobsDelta(logprobs) { Choice = index });
        }

        if (choice.Text("finish_reason") is { } reason)
        {
            _calls.GetValueOrDefault(index)?.End(parts);
            parts.Add(new Finished(FinishOf(reason)) { Choice = index });
        }
    }

    private void ReadMessage(JsonElement message, int choice, List<AnswerPart> parts)
    {
        if ((message.Text("reasoning_content") ?? message.Text("reasoning")) is { Length: > 0 } thoughts)
        {
            parts.Add(new ReasoningDelta(thoughts) { Choice = choice });
        }

        ReadContent(message, choice, parts);
        if (message.Text("refusal") is { Length: > 0 } refusal)
        {
            parts.Add(new RefusalDelta(refusal) { Choice = choice });
        }

        foreach (var call in message.Items("tool_calls"))
        {
            CallsOf(choice).Read(call, call.Count("index"), parts);
        }

        if (message.Find("function_call") is { } function)
        {
            CallsOf(choice).ReadFunction(function, parts);
        }
    }

    /// <summary>A text; some compatible servers send an array of parts.</summary>
    private static void ReadContent(JsonElement message, int choice, List<AnswerPart> parts)
    {
        if (message.Text("content") is { Length: > 0 } text)
        {
            parts.Add(new TextDelta(text) { Choice = choice });
        }

        foreach (var piece in message.Items("content"))
        {
            if (piece.Text("text") is { Length: > 0 } words)
            {
                parts.Add(new TextDelta(words) { Choice = choice });
            }

            foreach (var thought in piece.Items("thinking"))
            {
                parts.Add(new ReasoningDelta(thought.Text("text") ?? "") { Choice = choice });
            }
        }
    }

    private ChatCallTracker CallsOf(int choice)
    {
        if (!_calls.TryGetValue(choice, out var calls))
        {
            _calls[choice] = calls = new ChatCallTracker(choice);
        }

        return calls;
    }

    private static Finish FinishOf(string reason) => reason switch
    {
        "stop" => Finish.Stop,
        "length" => Finish.Length,
        "tool_calls" or "function_call" => Finish.ToolCalls,
        "content_filter" => Finish.ContentFilter,
        _ => Finish.Other,
    };
}

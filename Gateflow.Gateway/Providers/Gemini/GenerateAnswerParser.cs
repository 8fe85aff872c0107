using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Reads answers of <c>generateContent</c> and the chunks of a streamed one, which have one shape.</summary>
internal sealed class GenerateAnswerParser : IAnswerParser
{
    /// <summary>Calls of each choice so far.</summary>
    private readonly Dictionary<int, int> _calls = [];
    private readonly HashSet<int> _finished = [];
    private bool _started;

    public bool TryReadEvent(ReadOnlySpan<byte> data, string? name, List<AnswerPart> parts) =>
        AnswerElement.Parse(data) is { } chunk && Read(chunk, parts);

    public bool TryReadWhole(ReadOnlySpan<byte> json, List<AnswerPart> parts) =>
        AnswerElement.Parse(json) is { } answer
        && (answer.Find("candidates") ?? answer.Find("promptFeedback") ?? answer.Find("usageMetadata") ?? answer.Find("error")) is not null
        && Read(answer, parts);

    private bool Read(JsonElement answer, List<AnswerPart> parts)
    {
        if (answer.Find("error") is { } error)
        {
            parts.Add(new Failed(GoogleErrors.ReadLate(error)));
            return true;
        }

        if (!_started && answer.Text("responseId") is { Length: > 0 } id)
        {
            _started = true;
            parts.Add(new Started(id));
        }

        foreach (var candidate in answer.Items("candidates"))
        {
            ReadCandidate(candidate, candidate.Count("index") ?? 0, parts);
        }

        if (answer.Find("promptFeedback")?.Text("blockReason") is not null && _finished.Add(0))
        {
            parts.Add(new Finished(Finish.ContentFilter)); // the question was refused: there is no candidate
        }

        if (answer.Find("usageMetadata") is { } usage)
        {
            parts.Add(ReadUsage(usage));
        }

        return true;
    }

    private void ReadCandidate(JsonElement candidate, int choice, List<AnswerPart> parts)
    {
        foreach (var part in candidate.Find("content")?.Items("parts") ?? [])
        {
            ReadPart(part, choice, parts);
        }

        if (candidate.Find("logprobsResult") is { } logprobs && LogprobsReader.Read(logprobs) is { } content)
        {
            parts.Add(new LogprobsDelta(content) { Choice = choice });
        }

        if (candidate.Text("finishReason") is { } reason and not "FINISH_REASON_UNSPECIFIED" && _finished.Add(choice))
        {
            parts.Add(IsBrokenOff(reason) ? new Failed(ProviderError.BrokenOff(reason)) { IsOfRequest = true } : new Finished(FinishOf(reason, _calls.ContainsKey(choice))) { Choice = choice });
        }
    }

    private void ReadPart(JsonElement part, int choice, List<AnswerPart> parts)
    {
        if (part.Text("text") is { Length: > 0 } text)
        {
            parts.Add(part.Find("thought") is { ValueKind: JsonValueKind.True }
                ? new ReasoningDelta(text) { Choice = choice }
                : new TextDelta(text) { Choice = choice });
        }
        else if (part.Find("functionCall") is { } call && call.Text("name") is { Length: > 0 } name)
        {
            var index = _calls.GetValueOrDefault(choice);
            _calls[choice] = index + 1;
            var id = call.Text("id") is { Length: > 0 } given ? given : $"call_{Guid.CreateVersion7():N}";
            parts.Add(new ToolStart(index, id, name) { Choice = choice, Signature = part.Text("thoughtSignature") });
            var arguments = call.Find("args") is { ValueKind: JsonValueKind.Object } args ? Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(args)) : "{}";
            parts.Add(new ToolArguments(index, arguments) { Choice = choice });
        }
    }

    /// <summary>Google counts what was cached with the prompt, and thoughts beside the answer.</summary>
    private static Counted ReadUsage(JsonElement usage)
    {
        var (prompt, tools) = (usage.Count("promptTokenCount"), usage.Count("toolUsePromptTokenCount"));
        var (answer, thoughts) = (usage.Count("candidatesTokenCount"), usage.Count("thoughtsTokenCount"));
        return new Counted(Sum(prompt, tools), usage.Count("cachedContentTokenCount"), null, Sum(answer, thoughts), thoughts);
    }

    private static int? Sum(int? one, int? other) => one is null && other is null ? null : (int)Math.Min(int.MaxValue, (long)(one ?? 0) + (other ?? 0));

    /// <summary>Google ends such answers with 200, mostly without a word.</summary>
    private static bool IsBrokenOff(string reason) =>
        reason is "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" or "MISSING_THOUGHT_SIGNATURE" or "MALFORMED_RESPONSE";

    private static Finish FinishOf(string reason, bool hasCalls) => reason switch
    {
        "STOP" => hasCalls ? Finish.ToolCalls : Finish.Stop,
        "MAX_TOKENS" => Finish.Length,
        "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "MODEL_ARMOR"
            or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" => Finish.ContentFilter,
        _ => Finish.Other,
    };
}

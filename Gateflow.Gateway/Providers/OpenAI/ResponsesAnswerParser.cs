using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Reads responses and the events of streamed ones. Items of tools that OpenAI runs itself are not told: no translated request asks for them.</summary>
internal sealed class ResponsesAnswerParser : IAnswerParser
{
    private const string Provider = "that was asked";
    private const string FunctionCall = "function_call", CustomCall = "custom_tool_call";

    /// <summary>Calls by their place in the output.</summary>
    private readonly Dictionary<int, Call> _calls = [];
    private bool _started;
    private bool _said;
    private bool _thought;

    public bool TryReadEvent(ReadOnlySpan<byte> data, string? name, List<AnswerPart> parts)
    {
        if (AnswerElement.Parse(data) is not { } json)
        {
            return false;
        }

        switch (json.Text("type"))
        {
            case null:
                return json.Find("error") is { } bare && Fail(bare, parts);
            case "error":
                return Fail(json.Find("error") ?? json, parts);
            case "response.created" or "response.in_progress" or "response.queued":
                Start(json.Find("response"), parts);
                break;
            case "response.completed" or "response.incomplete" or "response.failed" or "response.cancelled":
                return json.Find("response") is { } response && ReadResponse(response, parts);
            case var type:
                ReadPiece(type, json, parts);
                break;
        }

        return true;
    }

    public bool TryReadWhole(ReadOnlySpan<byte> json, List<AnswerPart> parts) =>
        AnswerElement.Parse(json) is { } answer && (answer.Find("output") is { ValueKind: JsonValueKind.Array } || answer.Find("error") is not null)
        && ReadResponse(answer, parts);

    private void Start(JsonElement? response, List<AnswerPart> parts)
    {
        if (!_started && response?.Text("id") is { Length: > 0 } id)
        {
            _started = true;
            parts.Add(new Started(id));
        }
    }

    /// <summary>The response as it ends. Its output was told already where it was streamed.</summary>
    private bool ReadResponse(JsonElement response, List<AnswerPart> parts)
    {
        Start(response, parts);
        if (response.Find("error") is { } error)
        {
            return Fail(error, parts);
        }

        var streamed = _said || _calls.Count > 0;
        foreach (var (index, item) in response.Items("output").Index())
        {
            if (!streamed && !(_thought && item.Text("type") == "reasoning"))
            {
                ReadItem(index, item, parts);
            }
        }

        if (response.Find("usage") is { } usage)
        {
            parts.Add(new Counted(
                usage.Count("input_tokens"),
                usage.Find("input_tokens_details")?.Count("cached_tokens"),
                usage.Find("input_tokens_details")?.Count("cache_write_tokens"),
                usage.Count("output_tokens"),
                usage.Find("output_tokens_details")?.Count("reasoning_tokens")));
        }

        parts.Add(new Finished(FinishOf(response)));
        return true;
    }

    private void ReadItem(int index, JsonElement item, List<AnswerPart> parts)
    {
        switch (item.Text("type"))
        {
            case FunctionCall or CustomCall:
                BeginCall(index, item, parts);
                Argue(index, ArgumentsOf(item), parts);
                break;
            case "message":
                foreach (var part in item.Items("content"))
                {
                    Say(part.Text("text"), part.Text("refusal"), part, parts);
                }

                break;
            case "reasoning":
                var texts = item.Items("summary").Concat(item.Items("content")).Select(static part => part.Text("text")).OfType<string>();
                Think(string.Join("\n\n", texts), parts);
                break;
        }
    }

    private void ReadPiece(string type, JsonElement json, List<AnswerPart> parts)
    {
        var index = json.Count("output_index") ?? 0;
        switch (type)
        {
            case "response.output_text.delta":
                Say(json.Text("delta"), null, json, parts);
                break;
            case "response.refusal.delta":
                Say(null, json.Text("delta"), json, parts);
                break;
            case "response.reasoning_summary_part.added" when json.Count("summary_index") > 0:
                Think("\n\n", parts);
                break;
            case "response.reasoning_summary_text.delta" or "response.reasoning_text.delta":
                Think(json.Text("delta"), parts);
                break;
            case "response.output_item.added" when json.Find("item") is { } item && IsCall(item):
                BeginCall(index, item, parts);
                Argue(index, item.Text("arguments"), parts);
                break;
            case "response.function_call_arguments.delta":
                Argue(index, json.Text("delta"), parts);
                break;
            case "response.output_item.done" when json.Find("item") is { } item && IsCall(item):
                BeginCall(index, item, parts);
                if (_calls.TryGetValue(index, out var call) && !call.Argued)
                {
                    Argue(index, ArgumentsOf(item), parts);
                }

                break;
        }
    }

    private void Say(string? text, string? refusal, JsonElement told, List<AnswerPart> parts)
    {
        _said = true;
        if (!string.IsNullOrEmpty(text))
        {
            parts.Add(new TextDelta(text));
        }

        if (!string.IsNullOrEmpty(refusal))
        {
            parts.Add(new RefusalDelta(refusal));
        }

        if (told.Find("logprobs") is { ValueKind: JsonValueKind.Array } logprobs && logprobs.GetArrayLength() > 0)
        {
            parts.Add(new LogprobsDelta(logprobs));
        }
    }

    private void Think(string? text, List<AnswerPart> parts)
    {
        _thought = true;
        if (!string.IsNullOrEmpty(text))
        {
            parts.Add(new ReasoningDelta(text));
        }
    }

    private void BeginCall(int index, JsonElement item, List<AnswerPart> parts)
    {
        if (!_calls.ContainsKey(index) && item.Text("name") is { Length: > 0 } name)
        {
            _calls[index] = new Call(_calls.Count);
            parts.Add(new ToolStart(_calls.Count - 1, item.Text("call_id") is { Length: > 0 } id ? id : $"call_{Guid.CreateVersion7():N}", name));
        }
    }

    private void Argue(int index, string? arguments, List<AnswerPart> parts)
    {
        if (!string.IsNullOrEmpty(arguments) && _calls.TryGetValue(index, out var call))
        {
            call.Argued = true;
            parts.Add(new ToolArguments(call.Index, arguments));
        }
    }

    private static bool IsCall(JsonElement item) => item.Text("type") is FunctionCall or CustomCall;

    /// <summary>The text of a custom tool's call is told as the arguments of a function, once it is whole.</summary>
    private static string? ArgumentsOf(JsonElement item) => item.Text("type") == CustomCall ? FreeFormTool.Arguments(item.Text("input") ?? "") : item.Text("arguments");

    private Finish FinishOf(JsonElement response) => (response.Text("status"), response.Find("incomplete_details")?.Text("reason")) switch
    {
        ("incomplete", "max_output_tokens") => Finish.Length,
        ("incomplete", "content_filter") => Finish.ContentFilter,
        ("completed" or null, _) => _calls.Count > 0 ? Finish.ToolCalls : Finish.Stop,
        _ => Finish.Other,
    };

    private static bool Fail(JsonElement error, List<AnswerPart> parts)
    {
        var read = OpenAIErrorReader.ReadLate(error, Provider);
        parts.Add(new Failed(read.Type == "error" ? read with { Type = read.Status == 429 ? "rate_limit_error" : "provider_error" } : read));
        return true;
    }

    private sealed class Call(int index)
    {
        /// <summary>Its place among the calls.</summary>
        public int Index { get; } = index;

        /// <summary>True once arguments were told.</summary>
        public bool Argued { get; set; }
    }
}

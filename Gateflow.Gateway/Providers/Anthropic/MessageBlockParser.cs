using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Reads blocks of content; a whole one is one that begins with all that it has.</summary>
internal sealed class MessageBlockParser
{
    /// <summary>The calls that are open, by the index of their blocks.</summary>
    private readonly Dictionary<int, Call> _calls = [];
    private int _count;

    public void Start(int index, JsonElement block, List<AnswerPart> parts)
    {
        switch (block.Text("type"))
        {
            case "text":
                AddText(block, parts);
                break;
            case "thinking":
                AddThoughts(block, parts);
                break;
            case "redacted_thinking":
                parts.Add(new ReasoningDelta("", Redacted: block.Text("data") ?? ""));
                break;
            case "tool_use" when block.Text("name") is { } name:
                var call = _calls[index] = new Call(_count++);
                parts.Add(new ToolStart(call.Index, block.Text("id") is { Length: > 0 } id ? id : $"toolu_{Guid.CreateVersion7():N}", name));
                if (block.Find("input") is { ValueKind: JsonValueKind.Object } input && input.EnumerateObject().Any())
                {
                    Add(call, input.GetRawText(), parts);
                }

                break;
        }
    }

    public void Add(int index, JsonElement delta, List<AnswerPart> parts)
    {
        switch (delta.Text("type"))
        {
            case "text_delta":
                AddText(delta, parts);
                break;
            case "thinking_delta" or "signature_delta":
                AddThoughts(delta, parts);
                break;
            case "input_json_delta" when _calls.TryGetValue(index, out var call) && delta.Text("partial_json") is { Length: > 0 } piece:
                Add(call, piece, parts);
                break;
        }
    }

    public void Stop(int index, List<AnswerPart> parts)
    {
        if (_calls.Remove(index, out var call) && !call.HasArguments)
        {
            Add(call, "{}", parts);
        }
    }

    private static void AddText(JsonElement of, List<AnswerPart> parts)
    {
        if (of.Text("text") is { Length: > 0 } text)
        {
            parts.Add(new TextDelta(text));
        }
    }

    private static void AddThoughts(JsonElement of, List<AnswerPart> parts)
    {
        var (thoughts, signature) = (of.Text("thinking") ?? "", of.Text("signature") is { Length: > 0 } proof ? proof : null);
        if (thoughts.Length > 0 || signature is not null)
        {
            parts.Add(new ReasoningDelta(thoughts, signature));
        }
    }

    private static void Add(Call call, string arguments, List<AnswerPart> parts)
    {
        call.HasArguments = true;
        parts.Add(new ToolArguments(call.Index, arguments));
    }

    private sealed record Call(int Index)
    {
        public bool HasArguments { get; set; }
    }
}

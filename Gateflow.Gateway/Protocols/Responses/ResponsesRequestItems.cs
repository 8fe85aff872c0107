using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>
/// Reads <c>instructions</c> and <c>input</c>. What the model said in one turn is several items here, its thoughts, texts and calls, and one message
/// elsewhere; results of tools are one message behind the turn that called, whatever was said in between, as other protocols demand.
/// </summary>
internal sealed class ResponsesRequestItems
{
    private readonly List<Message> _messages = [];
    private readonly Dictionary<string, string> _toolOfCall = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _proofOfCall = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Part>> _turnOfCall = new(StringComparer.Ordinal);
    private List<Part>? _said;

    public static IReadOnlyList<Message> Read(RequestField? instructions, RequestField input)
    {
        var reader = new ResponsesRequestItems();
        if (instructions?.Text() is { Length: > 0 } system)
        {
            reader._messages.Add(Message.Of(Role.System, system));
        }

        if (input.Kind == JsonValueKind.String)
        {
            reader._messages.Add(Message.Of(Role.User, input.Text()));
            return reader._messages;
        }

        if (input.Kind != JsonValueKind.Array)
        {
            throw input.Invalid("a string or an array of items");
        }

        foreach (var item in input.Items())
        {
            reader.Add(item);
        }

        return reader._messages;
    }

    private void Add(RequestField item)
    {
        switch (item.Find("type")?.Text() ?? "message")
        {
            case "message":
                AddMessage(item);
                break;
            case "function_call":
                Said().Add(ReadCall(item, item.Find("arguments")?.Text() ?? "{}"));
                break;
            case "custom_tool_call":
                Said().Add(ReadCall(item, FreeFormTool.Arguments(item.Need("input").Text())));
                break;
            case "function_call_output" or "custom_tool_call_output":
                AddResult(item);
                break;
            case "reasoning":
                AddThoughts(item);
                break;
            case var other:
                throw item.Unsupported($"has no items of the type '{other}'");
        }
    }

    private void AddMessage(RequestField item)
    {
        var (role, content) = (item.Need("role"), item.Need("content"));
        switch (role.Text())
        {
            case "assistant":
                AddAnswer(ResponsesRequestParts.Read(content));
                break;
            case "user":
                Add(Role.User, ResponsesRequestParts.Read(content));
                break;
            case "system":
                Add(Role.System, ResponsesRequestParts.Texts(content));
                break;
            case "developer":
                Add(Role.Developer, ResponsesRequestParts.Texts(content));
                break;
            default:
                throw role.Invalid("user, assistant, system or developer");
        }
    }

    private void Add(Role role, IReadOnlyList<Part> parts)
    {
        _said = null;
        _messages.Add(new Message(role, parts));
    }

    /// <summary>Two texts in a row are two messages, unless calls stand between them, which must stay next to their results.</summary>
    private void AddAnswer(IReadOnlyList<Part> parts)
    {
        if (_said is { } said && said.Exists(static part => part is TextPart or RefusalPart) && !said.Exists(static part => part is ToolCallPart))
        {
            _said = null;
        }

        Said().AddRange(parts);
    }

    private void AddThoughts(RequestField item)
    {
        var proof = ForeignProof.Read(item.Find("encrypted_content")?.Text());
        if (proof is { Kind: ProofKind.Call, CallId: { } call })
        {
            _proofOfCall[call] = proof.Value;
            return;
        }

        var texts = item.Find("summary")?.Items().Select(static part => part.Need("text").Text()).ToList() ?? [];
        texts = texts.Count > 0 ? texts : item.Find("content")?.Items().Select(static part => part.Need("text").Text()).ToList() ?? [];
        Said().Add(new ReasoningPart(
            string.Join("\n\n", texts),
            proof is { Kind: ProofKind.Signature } ? proof.Value : null,
            proof is { Kind: ProofKind.Redacted } ? proof.Value : null));
    }

    private ToolCallPart ReadCall(RequestField item, string arguments)
    {
        var (id, name) = (item.Need("call_id").Text(), item.Need("name").Text());
        (_toolOfCall[id], _turnOfCall[id]) = (name, Said());
        return new ToolCallPart(id, name, arguments) { Signature = _proofOfCall.GetValueOrDefault(id) };
    }

    private void AddResult(RequestField item)
    {
        var call = item.Need("call_id").Text();
        ResultsOf(call).Add(new ToolResultPart(call, _toolOfCall.GetValueOrDefault(call), ResponsesRequestParts.Read(item.Need("output"))));
    }

    /// <summary>The results of the turn that called; those of a call that is not there stand at the end.</summary>
    private List<Part> ResultsOf(string call)
    {
        var turn = _turnOfCall.GetValueOrDefault(call);
        var at = turn is not null ? _messages.FindLastIndex(message => ReferenceEquals(message.Parts, turn)) + 1
            : _messages is [.., { Role: Role.Tool }] ? _messages.Count - 1
            : _messages.Count;
        _said = turn is null || ReferenceEquals(turn, _said) ? null : _said;
        if (at < _messages.Count && _messages[at] is { Role: Role.Tool, Parts: List<Part> known })
        {
            return known;
        }

        var results = new List<Part>();
        _messages.Insert(at, new Message(Role.Tool, results));
        return results;
    }

    private List<Part> Said()
    {
        if (_said is null)
        {
            _said = [];
            _messages.Add(new Message(Role.Assistant, _said));
        }

        return _said;
    }
}

using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>What was said so far: the input, behind the response it continues.</summary>
internal sealed class ResponsesInput
{
    private static readonly string[] Roles = ["assistant", "system", "developer", "user"];

    private readonly List<string> _openCalls = [];

    /// <summary>Text of the last user message; empty without one.</summary>
    public string LastUserText { get; private set; } = "";

    /// <summary>The last item is a tool's result.</summary>
    public bool EndsWithToolResult { get; private set; }

    /// <summary>Of everything, estimated.</summary>
    public int Tokens { get; private set; } = TokenEstimate.PerRequest;

    /// <summary>Ids of calls that still wait for their result.</summary>
    public IReadOnlyList<string> OpenCalls => _openCalls;

    public static ResponsesInput Read(Arguments arguments, StoredResponse? previous)
    {
        var input = new ResponsesInput();
        if (previous is not null)
        {
            input.LastUserText = previous.LastUserText;
            input.Tokens = previous.Tokens;
            input._openCalls.AddRange(previous.OpenCalls);
        }

        if (arguments.Text("instructions") is { } instructions)
        {
            input.Tokens += TokenEstimate.PerMessage + TokenEstimate.Of(instructions);
        }

        switch (arguments.Get("input"))
        {
            case null:
                if (arguments.Get("prompt") is null && previous is null)
                {
                    arguments.Missing("input");
                }

                break;
            case { ValueKind: JsonValueKind.String } text:
                input.Say(text.GetString()!, TokenEstimate.Of(text.GetString()));
                break;
            case { ValueKind: JsonValueKind.Array } items:
                input.ReadItems(arguments, items);
                break;
            case { } other:
                arguments.Wrong("input", "one of a string or an array of input items", other);
                break;
        }

        if (input._openCalls is [var open, ..])
        {
            arguments.Fail(OpenAIError.Invalid($"No tool output found for function call {open}.", "input", null));
        }

        return input;
    }

    /// <summary>After an answer: what a next request may continue.</summary>
    public StoredResponse After(Reply reply, IEnumerable<string> callIds) => new(LastUserText, Tokens + reply.Tokens, [.. callIds]);

    private void ReadItems(Arguments arguments, JsonElement items)
    {
        var thought = (string?)null;
        foreach (var (index, json) in items.EnumerateArray().Index())
        {
            var path = $"input[{index}]";
            if (json.ValueKind != JsonValueKind.Object)
            {
                arguments.Wrong(path, "an object", json);
                return;
            }

            var item = new Arguments(json, path);
            var type = item.Text("type") ?? "message";
            if (thought is not null && !IsOutput(item, type))
            {
                break;
            }

            thought = type == "reasoning" ? item.Text("id") ?? "" : null;
            ReadItem(item, type);
            ChatParameters.Adopt(arguments, item);
        }

        if (thought is not null)
        {
            arguments.Fail(OpenAIError.Invalid($"Item '{thought}' of type 'reasoning' was provided without its required following item.", "input", null));
        }
    }

    private static bool IsOutput(Arguments item, string type) =>
        type is "function_call" or "reasoning" or "custom_tool_call" or "item_reference" || (type == "message" && item.Text("role") == "assistant");

    private void ReadItem(Arguments item, string type)
    {
        EndsWithToolResult = false;
        switch (type)
        {
            case "message":
                Message(item);
                break;
            case "function_call":
                Call(item);
                break;
            case "function_call_output":
                Result(item);
                break;
            case "reasoning":
                if (item.Get("summary", JsonValueKind.Array, "an array of objects") is null)
                {
                    item.Missing("summary");
                }

                break;
            case "item_reference":
                Need(item, "id");
                break;
            default:
                item.BadValue("type", type, "'message', 'function_call', 'function_call_output', 'reasoning', and 'item_reference'");
                break;
        }
    }

    private void Message(Arguments item)
    {
        var role = Need(item, "role");
        if (role is not null && !Roles.Contains(role))
        {
            item.BadValue("role", role, "'assistant', 'system', 'developer', and 'user'");
        }

        var (text, tokens) = ResponsesContent.Read(item, "content", role == "assistant");
        if (role == "user")
        {
            Say(text, tokens);
        }
        else
        {
            Tokens += TokenEstimate.PerMessage + tokens;
        }
    }

    private void Call(Arguments item)
    {
        var id = Need(item, "call_id");
        Need(item, "name");
        var arguments = Need(item, "arguments");
        Tokens += TokenEstimate.PerMessage + TokenEstimate.Of(item.Text("name")) + TokenEstimate.Of(arguments);
        if (id is not null)
        {
            _openCalls.Add(id);
        }
    }

    private void Result(Arguments item)
    {
        var id = Need(item, "call_id");
        Tokens += TokenEstimate.PerMessage + ResponsesContent.Read(item, "output", fromAssistant: false).Tokens;
        if (id is not null && !_openCalls.Remove(id))
        {
            item.Fail(OpenAIError.Invalid($"No tool call found for function call output with call_id {id}.", "input", null));
        }

        EndsWithToolResult = true;
    }

    private void Say(string text, int tokens)
    {
        LastUserText = text;
        Tokens += TokenEstimate.PerMessage + tokens;
    }

    private static string? Need(Arguments item, string name)
    {
        if (item.Get(name) is null)
        {
            item.Missing(name);
        }

        return item.Text(name);
    }
}

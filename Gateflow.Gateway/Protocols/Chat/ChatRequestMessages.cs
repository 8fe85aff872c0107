using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>
/// Reads <c>messages</c>. Results of tools that follow each other are one message; a result takes its tool's name from the call. Calls of
/// functions, the older form, have no ids: they are given some, and their results find them by name.
/// </summary>
internal sealed class ChatRequestMessages
{
    private readonly List<Message> _messages = [];
    private readonly Dictionary<string, string> _toolOfCall = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _callOfFunction = new(StringComparer.Ordinal);
    private List<Part>? _results;

    public static IReadOnlyList<Message> Read(RequestField messages)
    {
        var reader = new ChatRequestMessages();
        foreach (var message in messages.Items())
        {
            reader.Add(message);
        }

        return reader._messages;
    }

    private void Add(RequestField message)
    {
        var role = message.Need("role");
        switch (role.Text())
        {
            case "tool":
                AddResult(message, message.Need("tool_call_id").Text());
                return;
            case "function":
                AddResult(message, _callOfFunction.GetValueOrDefault(message.Need("name").Text()) ?? throw message.Invalid("the result of a function that was called before"));
                return;
            case "assistant":
                Add(message, Role.Assistant, ReadAssistant(message));
                return;
            case "user":
                Add(message, Role.User, ChatRequestParts.Read(message.Need("content")));
                return;
            case "system":
                Add(message, Role.System, ChatRequestParts.Texts(message.Need("content")));
                return;
            case "developer":
                Add(message, Role.Developer, ChatRequestParts.Texts(message.Need("content")));
                return;
            default:
                throw role.Invalid("system, developer, user, assistant, tool or function");
        }
    }

    private void Add(RequestField message, Role role, IReadOnlyList<Part> parts)
    {
        _results = null;
        _messages.Add(new Message(role, parts) { Name = message.Find("name")?.Text() });
    }

    private void AddResult(RequestField message, string call)
    {
        if (_results is null)
        {
            _results = [];
            _messages.Add(new Message(Role.Tool, _results));
        }

        var content = message.Find("content") is { } given ? ChatRequestParts.Read(given) : [];
        _results.Add(new ToolResultPart(call, _toolOfCall.GetValueOrDefault(call), content));
    }

    private List<Part> ReadAssistant(RequestField message)
    {
        var parts = new List<Part>();
        if (message.Find("reasoning_content")?.Text() is { Length: > 0 } thoughts)
        {
            parts.Add(new ReasoningPart(thoughts));
        }

        if (message.Find("content") is { } content)
        {
            parts.AddRange(ChatRequestParts.Read(content));
        }

        if (message.Find("refusal")?.Text() is { Length: > 0 } refusal)
        {
            parts.Add(new RefusalPart(refusal));
        }

        if (message.Find("audio") is { } audio)
        {
            throw audio.Unsupported("has no earlier answers in sound");
        }

        parts.AddRange(message.Find("tool_calls")?.Items().Select(ReadCall) ?? []);
        if (message.Find("function_call") is { } function)
        {
            parts.Add(ReadFunctionCall(function));
        }

        return parts;
    }

    private ToolCallPart ReadCall(RequestField call)
    {
        var signature = call.Find("extra_content")?.Find("google")?.Find("thought_signature")?.Text();
        if (call.Find("custom") is { } custom)
        {
            var (customId, tool) = (call.Need("id").Text(), custom.Need("name").Text());
            _toolOfCall[customId] = tool;
            return new ToolCallPart(customId, tool, FreeFormTool.Arguments(custom.Need("input").Text())) { Signature = signature };
        }

        if (call.Find("type")?.Text() is { } type and not "function")
        {
            throw call.Unsupported($"has no tools of the type '{type}'");
        }

        var function = call.Need("function");
        var (id, name) = (call.Need("id").Text(), function.Need("name").Text());
        _toolOfCall[id] = name;
        return new ToolCallPart(id, name, function.Find("arguments")?.Text() ?? "{}") { Signature = signature };
    }

    private ToolCallPart ReadFunctionCall(RequestField function)
    {
        var (id, name) = ($"call_function_{_messages.Count}", function.Need("name").Text());
        (_toolOfCall[id], _callOfFunction[name]) = (name, id);
        return new ToolCallPart(id, name, function.Find("arguments")?.Text() ?? "{}");
    }
}

using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <param name="Tools">Offered functions; OpenAI's own tools are accepted and never used.</param>
/// <param name="Demand">What <c>tool_choice</c> asks for.</param>
/// <param name="Name">Of the function demanded by name.</param>
/// <param name="Tokens">Of the definitions, estimated.</param>
internal sealed record ResponsesTools(IReadOnlyList<Tool> Tools, ToolDemand Demand, string? Name, int Tokens)
{
    private static readonly string[] Types =
    [
        "function", "custom", "file_search", "web_search", "web_search_preview", "code_interpreter", "computer_use_preview",
        "image_generation", "mcp", "local_shell", "shell", "apply_patch",
    ];

    public static ResponsesTools Read(Arguments arguments)
    {
        var tools = new List<Tool>();
        var definitions = arguments.Get("tools", JsonValueKind.Array, "an array of objects");
        IEnumerable<JsonElement> list = definitions is { } given ? given.EnumerateArray() : [];
        foreach (var (index, definition) in list.Index())
        {
            var path = $"tools[{index}]";
            if (definition.ValueKind != JsonValueKind.Object)
            {
                arguments.Wrong(path, "an object", definition);
                break;
            }

            var tool = new Arguments(definition, path);
            if (Definition(tool) is { } function)
            {
                tools.Add(function);
            }

            ChatParameters.Adopt(arguments, tool);
        }

        var (demand, name) = Choice(arguments, tools);
        return new ResponsesTools(
            tools,
            tools.Count == 0 ? ToolDemand.None : demand,
            name,
            tools.Count == 0 ? 0 : TokenEstimate.Of(definitions!.Value.GetRawText()));
    }

    private static Tool? Definition(Arguments tool)
    {
        switch (tool.Text("type"))
        {
            case null:
                tool.Missing("type");
                return null;
            case "function":
                var name = FunctionSchema.Name(tool);
                var parameters = tool.Get("parameters", JsonValueKind.Object, "an object");
                FunctionSchema.CheckStrict(tool, parameters, $"function '{name}'", tool.PathOf("parameters"), "invalid_function_parameters");
                return name is null ? null : new Tool(name, parameters);
            case var type:
                if (!Types.Contains(type))
                {
                    tool.BadValue("type", type, string.Join(", ", Types.Select(known => $"'{known}'")));
                }

                return null;
        }
    }

    private static (ToolDemand Demand, string? Name) Choice(Arguments arguments, List<Tool> tools)
    {
        switch (arguments.Get("tool_choice"))
        {
            case null:
                return (ToolDemand.WhenNamedInPrompt, null);
            case { ValueKind: JsonValueKind.String } word:
                return (Word(arguments, word.GetString()!, tools), null);
            case { ValueKind: JsonValueKind.Object } json:
                var choice = new Arguments(json, "tool_choice");
                var read = Named(choice, tools);
                ChatParameters.Adopt(arguments, choice);
                return read;
            case { } wrong:
                arguments.Wrong("tool_choice", "a string or an object", wrong);
                return (ToolDemand.None, null);
        }
    }

    private static ToolDemand Word(Arguments arguments, string word, List<Tool> tools)
    {
        if (word is not ("none" or "auto" or "required"))
        {
            arguments.BadValue("tool_choice", word, "'none', 'auto', and 'required'");
        }

        if (word == "required" && tools.Count == 0 && arguments.Get("tools") is null)
        {
            arguments.Fail(OpenAIError.Invalid("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice", null));
        }

        return word switch { "none" => ToolDemand.None, "required" => ToolDemand.Required, _ => ToolDemand.WhenNamedInPrompt };
    }

    private static (ToolDemand Demand, string? Name) Named(Arguments choice, List<Tool> tools)
    {
        switch (choice.Text("type"))
        {
            case null:
                choice.Missing("type");
                return (ToolDemand.None, null);
            case "function":
                var name = choice.Text("name");
                if (name is null)
                {
                    choice.Missing("name");
                }
                else if (!tools.Exists(tool => tool.Name == name))
                {
                    choice.Fail(OpenAIError.Invalid($"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice", null));
                }

                return (ToolDemand.Named, name);
            case "allowed_tools":
                return (choice.Text("mode") == "required" ? ToolDemand.Required : ToolDemand.WhenNamedInPrompt, null);
            case var type:
                if (!Types.Contains(type))
                {
                    choice.BadValue("type", type, string.Join(", ", Types.Select(known => $"'{known}'")));
                }

                return (ToolDemand.None, null);
        }
    }
}

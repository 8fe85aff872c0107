using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <param name="Tools">Offered functions.</param>
/// <param name="Demand">What <c>tool_choice</c> asks for.</param>
/// <param name="Name">Of the function demanded by name.</param>
/// <param name="Tokens">Of the definitions, estimated.</param>
internal sealed record ChatTools(IReadOnlyList<Tool> Tools, ToolDemand Demand, string? Name, int Tokens)
{
    private static readonly ChatTools None = new([], ToolDemand.None, null, 0);

    public static ChatTools Read(Arguments arguments)
    {
        if (arguments.Get("tools", JsonValueKind.Array, "an array of objects") is not { } definitions || definitions.GetArrayLength() == 0)
        {
            if (arguments.Get("tool_choice") is { } stray && !(stray.ValueKind == JsonValueKind.String && stray.GetString() == "none"))
            {
                arguments.Fail(OpenAIError.Invalid("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", "tool_choice", null));
            }

            return None;
        }

        var tools = new List<Tool>();
        foreach (var (index, definition) in definitions.EnumerateArray().Index())
        {
            if (Definition(arguments, definition, $"tools[{index}]") is { } tool)
            {
                tools.Add(tool);
            }
        }

        var (demand, name) = Choice(arguments, tools);
        return new ChatTools(tools, demand, name, TokenEstimate.Of(definitions.GetRawText()));
    }

    private static Tool? Definition(Arguments arguments, JsonElement definition, string path)
    {
        if (definition.ValueKind != JsonValueKind.Object)
        {
            arguments.Wrong(path, "an object", definition);
            return null;
        }

        var tool = new Arguments(definition, path);
        var type = tool.Text("type");
        if (type != "function")
        {
            tool.BadValue("type", type ?? "", "'function'");
        }

        if (tool.Get("function", JsonValueKind.Object, "an object") is not { } json)
        {
            tool.Missing("function");
            ChatParameters.Adopt(arguments, tool);
            return null;
        }

        var function = new Arguments(json, tool.PathOf("function"));
        var name = FunctionSchema.Name(function);
        var parameters = function.Get("parameters", JsonValueKind.Object, "an object");
        FunctionSchema.CheckStrict(function, parameters, $"function '{name}'", function.PathOf("parameters"), "invalid_function_parameters");
        ChatParameters.Adopt(arguments, tool);
        ChatParameters.Adopt(arguments, function);
        return name is null ? null : new Tool(name, parameters);
    }

    private static (ToolDemand Demand, string? Name) Choice(Arguments arguments, List<Tool> tools)
    {
        switch (arguments.Get("tool_choice"))
        {
            case null:
                return (ToolDemand.WhenNamedInPrompt, null);
            case { ValueKind: JsonValueKind.String } word:
                switch (word.GetString())
                {
                    case "auto":
                        return (ToolDemand.WhenNamedInPrompt, null);
                    case "none":
                        return (ToolDemand.None, null);
                    case "required":
                        return (ToolDemand.Required, null);
                    case var other:
                        arguments.BadValue("tool_choice", other!, "'none', 'auto', and 'required'");
                        return (ToolDemand.None, null);
                }

            case { ValueKind: JsonValueKind.Object } choice:
                var name = choice.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
                    ? new Arguments(function, "tool_choice.function").Text("name")
                    : null;
                if (!tools.Exists(tool => tool.Name == name))
                {
                    arguments.Fail(OpenAIError.Invalid(
                        $"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice", null));
                }

                return (ToolDemand.Named, name);
            case { } wrong:
                arguments.Wrong("tool_choice", "a string or an object", wrong);
                return (ToolDemand.None, null);
        }
    }
}

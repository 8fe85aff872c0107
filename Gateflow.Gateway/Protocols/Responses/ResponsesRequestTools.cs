using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>. Tools that OpenAI runs itself exist nowhere else.</summary>
internal static class ResponsesRequestTools
{
    /// <summary>The tools that may be called, which <c>tool_choice</c> may make fewer, and whether one must.</summary>
    public static (IReadOnlyList<Tool> Tools, ToolChoice? Choice) Read(RequestField root)
    {
        IReadOnlyList<Tool> tools = [.. root.Find("tools")?.Items().Select(ReadTool) ?? []];
        if (root.Find("tool_choice") is not { } choice)
        {
            return (tools, null);
        }

        if (choice.Kind == JsonValueKind.String)
        {
            return (tools, new ToolChoice(Word(choice)));
        }

        return choice.Need("type").Text() switch
        {
            "function" or "custom" => (tools, new ToolChoice(ToolChoiceKind.Named, choice.Need("name").Text())),
            "allowed_tools" => ([.. Allowed(tools, choice.Need("tools"))], new ToolChoice(Word(choice.Need("mode")))),
            var other => throw choice.Unsupported($"has no tool '{other}' of its own"),
        };
    }

    private static ToolChoiceKind Word(RequestField word) => word.Text() switch
    {
        "none" => ToolChoiceKind.None,
        "auto" => ToolChoiceKind.Auto,
        "required" => ToolChoiceKind.Required,
        _ => throw word.Invalid("none, auto, required or an object that names a tool"),
    };

    private static IEnumerable<Tool> Allowed(IReadOnlyList<Tool> tools, RequestField allowed)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in allowed.Items())
        {
            var name = item.Need("name");
            if (!tools.Any(tool => tool.Name == name.Text()))
            {
                throw name.Invalid("the name of one of the tools");
            }

            names.Add(name.Text());
        }

        return tools.Where(tool => names.Contains(tool.Name));
    }

    private static Tool ReadTool(RequestField tool) => tool.Need("type").Text() switch
    {
        "function" => new Tool(tool.Need("name").Text(), tool.Find("description")?.Text(), tool.Find("parameters")?.Object(), tool.Find("strict")?.Flag()),
        "custom" => FreeFormTool.Read(tool),
        var other => throw tool.Unsupported($"has no tool '{other}' of its own"),
    };
}

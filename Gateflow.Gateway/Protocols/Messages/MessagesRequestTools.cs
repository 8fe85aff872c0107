using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>.</summary>
internal static class MessagesRequestTools
{
    /// <param name="others">Gets what the tools say that has no place in a <see cref="Tool"/> and that answers do not depend on.</param>
    public static IReadOnlyList<Tool> Read(RequestField? tools, Dictionary<string, JsonElement> others)
    {
        var read = new List<Tool>();
        foreach (var tool in tools?.Items() ?? [])
        {
            if (tool.Find("type")?.Text() is { } type and not "custom")
            {
                throw tool.Unsupported($"has no tools of the type '{type}'");
            }

            if (tool.Find("defer_loading")?.Flag() == true)
            {
                throw tool.Unsupported("has no tools that are loaded later");
            }

            foreach (var name in (string[])["cache_control", "input_examples"])
            {
                if (tool.Find(name) is { } given)
                {
                    others.TryAdd(name, given.Value);
                }
            }

            read.Add(new Tool(tool.Need("name").Text(), tool.Find("description")?.Text(), tool.Need("input_schema").Object(), tool.Find("strict")?.Flag()));
        }

        return read;
    }

    /// <summary><c>{type: auto | any | tool | none, name}</c>.</summary>
    public static ToolChoice? Choice(RequestField? choice)
    {
        if (choice is not { } given)
        {
            return null;
        }

        var type = given.Need("type");
        return type.Text() switch
        {
            "auto" => new ToolChoice(ToolChoiceKind.Auto),
            "any" => new ToolChoice(ToolChoiceKind.Required),
            "tool" => new ToolChoice(ToolChoiceKind.Named, given.Need("name").Text()),
            "none" => new ToolChoice(ToolChoiceKind.None),
            _ => throw type.Invalid("auto, any, tool or none"),
        };
    }

    /// <summary>The contrary of <c>disable_parallel_tool_use</c>.</summary>
    public static bool? Parallel(RequestField? choice) => !choice?.Find("disable_parallel_tool_use")?.Flag();
}

using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>, and <c>functions</c> and <c>function_call</c>, which they have replaced.</summary>
internal static class ChatRequestTools
{
    public static IReadOnlyList<Tool> Read(RequestField? tools, RequestField? functions) =>
        [.. tools?.Items().Select(ReadTool) ?? [], .. functions?.Items().Select(ReadFunction) ?? []];

    /// <summary><c>none | auto | required</c>, or <c>{type: function, function {name}}</c>, or the same of <c>custom</c>.</summary>
    public static ToolChoice? Choice(RequestField? choice)
    {
        if (choice is not { } given)
        {
            return null;
        }

        if (given.Kind == JsonValueKind.String)
        {
            return given.Text() switch
            {
                "none" => new ToolChoice(ToolChoiceKind.None),
                "auto" => new ToolChoice(ToolChoiceKind.Auto),
                "required" or "any" => new ToolChoice(ToolChoiceKind.Required),
                _ => throw given.Invalid("none, auto, required or an object that names a tool"),
            };
        }

        return given.Need("type").Text() switch
        {
            "function" => new ToolChoice(ToolChoiceKind.Named, given.Need("function").Need("name").Text()),
            "custom" => new ToolChoice(ToolChoiceKind.Named, given.Need("custom").Need("name").Text()),
            var other => throw given.Unsupported($"has no choice of tools of the type '{other}'"),
        };
    }

    /// <summary><c>none | auto</c>, or <c>{name}</c>.</summary>
    public static ToolChoice? LegacyChoice(RequestField? choice) => choice switch
    {
        null => null,
        { Kind: JsonValueKind.Object } named => new ToolChoice(ToolChoiceKind.Named, named.Need("name").Text()),
        { } word => word.Text() switch
        {
            "none" => new ToolChoice(ToolChoiceKind.None),
            "auto" => new ToolChoice(ToolChoiceKind.Auto),
            _ => throw word.Invalid("none, auto or an object that names a function"),
        },
    };

    private static Tool ReadTool(RequestField tool) => tool.Need("type").Text() switch
    {
        "function" => ReadFunction(tool.Need("function")),
        "custom" => FreeFormTool.Read(tool.Need("custom")),
        var other => throw tool.Unsupported($"has no tools of the type '{other}'"),
    };

    private static Tool ReadFunction(RequestField function) => new(
        function.Need("name").Text(), function.Find("description")?.Text(), function.Find("parameters")?.Object(), function.Find("strict")?.Flag());
}

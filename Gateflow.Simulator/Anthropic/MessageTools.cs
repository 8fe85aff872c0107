using System.Text.Json;
using System.Text.RegularExpressions;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <param name="Tools">Offered tools of the caller; Anthropic's own are accepted and never used.</param>
/// <param name="Demand">What <c>tool_choice</c> asks for.</param>
/// <param name="Name">Of the tool demanded by name.</param>
/// <param name="Parallel">Whether more than one may be called at once.</param>
internal sealed partial record MessageTools(IReadOnlyList<Tool> Tools, ToolDemand Demand, string? Name, bool Parallel)
{
    private static readonly string[] Choices = ["auto", "any", "tool", "none"];

    public bool Forced => Demand is ToolDemand.Required or ToolDemand.Named;

    public static MessageTools Read(Fields request, PromptPrefix prefix)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tools = new List<Tool>();
        var definitions = request.Get("tools") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0;
        prefix.AddTokens(definitions ? TokenEstimate.Of(request.Get("tools")!.Value.GetRawText()) : 0);
        foreach (var definition in request.Objects("tools"))
        {
            prefix.Add(definition.Json);
            var isOwn = definition.Text("type") is null or "custom";
            var name = NameOf(definition);
            if (name is not null && !names.Add(name))
            {
                request.Fail("tools: Tool names must be unique.");
            }

            if (isOwn && Definition(definition, name) is { } tool)
            {
                tools.Add(tool);
            }

            CacheControl.Read(definition, prefix);
        }

        var (demand, named, parallel) = Choice(request, names, definitions);
        return new MessageTools(tools, tools.Count == 0 ? ToolDemand.None : demand, named, parallel);
    }

    private static string? NameOf(Fields definition)
    {
        var name = definition.NeedText("name");
        if (name is not null && !NamePattern().IsMatch(name))
        {
            definition.Fail($"{definition.PathOf("custom.name")}: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'");
        }

        return name;
    }

    private static Tool? Definition(Fields definition, string? name)
    {
        definition.Allow(
            "type", "name", "description", "input_schema", "cache_control", "strict", "input_examples", "defer_loading", "allowed_callers",
            "eager_input_streaming");
        definition.Text("description");
        definition.Flag("strict");
        if (definition.NeedObject("input_schema") is not { } schema)
        {
            return null;
        }

        schema.NeedText("type");
        schema.OneOf("type", "object");
        return name is null ? null : new Tool(name, schema.Json);
    }

    private static (ToolDemand Demand, string? Name, bool Parallel) Choice(Fields request, HashSet<string> names, bool hasTools)
    {
        if (request.Object("tool_choice") is not { } choice)
        {
            return (ToolDemand.WhenNamedInPrompt, null, true);
        }

        if (!hasTools)
        {
            request.Fail("tool_choice: tool_choice may only be specified while providing tools.");
        }

        var type = choice.NeedText("type") ?? "";
        if (choice.Ok && !Choices.Contains(type))
        {
            choice.Fail(AnthropicWording.Tag(choice.Path, type, Choices));
        }

        choice.Allow(type switch
        {
            "tool" => ["type", "name", "disable_parallel_tool_use"],
            "none" => ["type"],
            _ => ["type", "disable_parallel_tool_use"],
        });
        var parallel = !(choice.Flag("disable_parallel_tool_use") ?? false);
        if (type != "tool")
        {
            return (type switch { "any" => ToolDemand.Required, "none" => ToolDemand.None, _ => ToolDemand.WhenNamedInPrompt }, null, parallel);
        }

        var name = choice.NeedText("name");
        if (name is not null && !names.Contains(name))
        {
            request.Fail($"tool_choice.name: Tool '{name}' not found in provided tools");
        }

        return (ToolDemand.Named, name, parallel);
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,128}$")]
    private static partial Regex NamePattern();
}

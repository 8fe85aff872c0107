using System.Text.RegularExpressions;
using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

/// <param name="Given">Whether the request has a <c>toolConfig</c>.</param>
/// <param name="Tools">Offered tools.</param>
/// <param name="Demand">What <c>toolChoice</c> asks for.</param>
/// <param name="Name">Of the tool demanded by name.</param>
/// <param name="Parallel">Whether more than one may be called at once.</param>
internal sealed partial record ConverseTools(bool Given, IReadOnlyList<Tool> Tools, ToolDemand Demand, string? Name, bool Parallel)
{
    private const string Pattern = "[a-zA-Z0-9_-]+";
    private const int LongestName = 64;

    public bool Forced => Demand is ToolDemand.Required or ToolDemand.Named;

    public static ConverseTools Read(Fields request, BedrockFamily family, PromptPrefix prompt)
    {
        if (request.Object("toolConfig") is not { } config)
        {
            return new ConverseTools(false, [], ToolDemand.None, null, true);
        }

        config.Allow("tools", "toolChoice");
        config.Need("tools");
        var tools = new List<Tool>();
        foreach (var item in config.Objects("tools"))
        {
            item.Allow("toolSpec", "cachePoint", "systemTool");
            prompt.Add(item.Json);
            prompt.AddTokens(TokenEstimate.Of(item.Json.GetRawText()));
            if (item.Object("cachePoint") is { } point)
            {
                CachePoint.Read(point, family, prompt);
            }
            else if (item.NeedObject("toolSpec") is { } spec && Spec(spec) is { } tool)
            {
                tools.Add(tool);
            }
        }

        if (tools.Count == 0)
        {
            config.Fail("The provided request is not valid: toolConfig.tools must have at least one tool.");
        }

        if (tools.Count != tools.DistinctBy(tool => tool.Name).Count())
        {
            config.Fail("The toolConfig.tools contains duplicate tool names.");
        }

        var (demand, name) = Choice(config, tools);
        return new ConverseTools(true, tools, demand, name, true);
    }

    private static Tool? Spec(Fields spec)
    {
        spec.Allow("name", "description", "inputSchema", "strict");
        spec.Flag("strict");
        if (spec.Text("description") is { Length: 0 })
        {
            spec.Fail(BedrockWording.Instance.OutOfRange(spec.PathOf("description"), 0, 1, int.MaxValue));
        }

        var name = spec.NeedText("name");
        if (name is not null && (!NamePattern().IsMatch(name) || name.Length > LongestName))
        {
            spec.Fail(BedrockWording.Pattern(spec.PathOf("name"), name, Pattern));
        }

        if (spec.NeedObject("inputSchema")?.NeedObject("json") is not { } schema)
        {
            return null;
        }

        if (schema.Text("type") != "object")
        {
            spec.Fail($"The value at {schema.PathOf("type")} must be one of the following: object.");
        }

        return name is null ? null : new Tool(name, schema.Json);
    }

    private static (ToolDemand Demand, string? Name) Choice(Fields config, List<Tool> tools)
    {
        if (config.Object("toolChoice") is not { } choice)
        {
            return (ToolDemand.WhenNamedInPrompt, null);
        }

        choice.Allow("auto", "any", "tool");
        if (choice.Object("tool")?.NeedText("name") is { } name)
        {
            if (!tools.Exists(tool => tool.Name == name))
            {
                choice.Fail($"The tool '{name}' of toolChoice is not one of toolConfig.tools.");
            }

            return (ToolDemand.Named, name);
        }

        return (choice.Object("any") is null ? ToolDemand.WhenNamedInPrompt : ToolDemand.Required, null);
    }

    [GeneratedRegex("^" + Pattern + @"\z")]
    private static partial Regex NamePattern();
}

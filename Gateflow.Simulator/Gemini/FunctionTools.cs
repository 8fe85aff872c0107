using System.Text.RegularExpressions;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <param name="Tools">Functions that may be called; Google's own tools are accepted and never used.</param>
/// <param name="Demand">What <c>toolConfig</c> asks for.</param>
/// <param name="Tokens">Of the definitions, estimated.</param>
internal sealed partial record FunctionTools(IReadOnlyList<Tool> Tools, ToolDemand Demand, int Tokens)
{
    private static readonly string[] Own =
    [
        "codeExecution", "computerUse", "enterpriseWebSearch", "fileSearch", "googleMaps", "googleSearch", "googleSearchRetrieval",
        "mcpServers", "retrieval", "urlContext",
    ];

    private static readonly string[] Modes = ["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"];

    public static FunctionTools Read(Fields request, bool vertex)
    {
        var tools = new List<Tool>();
        foreach (var tool in request.Objects("tools"))
        {
            tool.Allow([.. Own, "functionDeclarations"]);
            foreach (var declaration in tool.Objects("functionDeclarations"))
            {
                if (Declaration(declaration, vertex) is not { } function)
                {
                    continue;
                }

                if (tools.Exists(known => known.Name == function.Name))
                {
                    request.Fail($"Duplicate function declaration found: {function.Name}");
                }

                tools.Add(function);
            }
        }

        var tokens = tools.Count == 0 ? 0 : TokenEstimate.Of(request.Get("tools")!.Value.GetRawText());
        var (demand, allowed) = Config(request, tools);
        var callable = allowed.Count == 0 ? tools : tools.Where(tool => allowed.Contains(tool.Name)).ToList();
        return new FunctionTools(callable, callable.Count == 0 ? ToolDemand.None : demand, tokens);
    }

    private static Tool? Declaration(Fields declaration, bool vertex)
    {
        declaration.Allow("behavior", "description", "name", "parameters", "parametersJsonSchema", "response", "responseJsonSchema");
        declaration.Text("description");
        var name = declaration.NeedText("name");
        if (name is not null && !NamePattern().IsMatch(name))
        {
            declaration.Fail(
                $"* GenerateContentRequest.{declaration.PathOf("name")}: Invalid function name. Must start with a letter or an underscore. Must be "
                + "alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.");
        }

        var parameters = declaration.Object("parameters");
        if (parameters is not null)
        {
            GeminiSchema.Check(parameters, vertex);
        }

        if (parameters is not null && declaration.Has("parametersJsonSchema"))
        {
            declaration.Fail($"* GenerateContentRequest.{declaration.Path}: parameters and parameters_json_schema are mutually exclusive");
        }

        return name is null || !declaration.Ok ? null : new Tool(
            name, parameters is null ? declaration.Get("parametersJsonSchema") : GeminiSchema.Plain(parameters.Json));
    }

    private static (ToolDemand Demand, IReadOnlyList<string> Allowed) Config(Fields request, List<Tool> tools)
    {
        if (request.Object("toolConfig") is not { } config)
        {
            return (ToolDemand.WhenNamedInPrompt, []);
        }

        config.Allow("functionCallingConfig", "retrievalConfig", "includeServerSideToolInvocations");
        if (config.Object("functionCallingConfig") is not { } calling)
        {
            return (ToolDemand.WhenNamedInPrompt, []);
        }

        calling.Allow("mode", "allowedFunctionNames", "streamFunctionCallArguments");
        var mode = calling.OneOf("mode", Modes) ?? "AUTO";
        var allowed = calling.Texts("allowedFunctionNames");
        if (tools.Count == 0 && mode is "ANY" or "VALIDATED")
        {
            request.Fail("Function calling config is set without function_declarations.");
        }

        if (allowed.Count > 0 && mode is not ("ANY" or "VALIDATED"))
        {
            request.Fail("Setting allowed_function_names is only supported when function calling mode is ANY or VALIDATED.");
        }

        if (allowed.FirstOrDefault(name => !tools.Exists(tool => tool.Name == name)) is { } stray)
        {
            request.Fail($"* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: '{stray}' is not a declared function");
        }

        return (mode switch { "ANY" => ToolDemand.Required, "NONE" => ToolDemand.None, _ => ToolDemand.WhenNamedInPrompt }, allowed);
    }

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$")]
    private static partial Regex NamePattern();
}

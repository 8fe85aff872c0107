using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Writes <c>tools[].functionDeclarations</c> and <c>toolConfig.functionCallingConfig</c>.</summary>
internal static class FunctionToolWriter
{
    public static void Write(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        if (request.Tools.Count == 0)
        {
            if (request.ToolChoice is { Kind: ToolChoiceKind.Required or ToolChoiceKind.Named })
            {
                throw NotCarriedException.Invalid("tool_choice", "left out where no tools are given");
            }

            return;
        }

        json["tools"] = new JsonArray(new JsonObject
        {
            ["functionDeclarations"] = new JsonArray([.. request.Tools.Select(tool => WriteTool(tool, notes))]),
        });
        if (request.ToolChoice is { } choice)
        {
            json["toolConfig"] = new JsonObject { ["functionCallingConfig"] = WriteChoice(choice) };
        }

        if (request.ParallelToolCalls == false)
        {
            notes.Dropped("parallel_tool_calls");
        }
    }

    private static JsonObject WriteTool(Tool tool, ShimNotes notes)
    {
        var function = new JsonObject { ["name"] = tool.Name };
        function.Set("description", tool.Description);
        if (tool.Parameters is { } parameters)
        {
            function["parametersJsonSchema"] = GoogleSchema.Write(parameters, "tools.parameters", notes);
        }

        if (tool.Strict == true)
        {
            notes.Dropped("tools.strict");
        }

        return function;
    }

    private static JsonObject WriteChoice(ToolChoice choice) => choice switch
    {
        { Kind: ToolChoiceKind.None } => new JsonObject { ["mode"] = "NONE" },
        { Kind: ToolChoiceKind.Required } => new JsonObject { ["mode"] = "ANY" },
        { Kind: ToolChoiceKind.Named } => new JsonObject { ["mode"] = "ANY", ["allowedFunctionNames"] = new JsonArray(choice.Name) },
        _ => new JsonObject { ["mode"] = "AUTO" },
    };
}

using System.Text.Json.Nodes;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>; the latter two are refused by OpenAI where there are no tools.</summary>
internal static class ChatToolWriter
{
    public static void Write(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        if (request.Tools.Count > 0)
        {
            json["tools"] = new JsonArray([.. request.Tools.Select(tool => WriteTool(tool, notes))]);
            json.Set("parallel_tool_calls", request.ParallelToolCalls);
            json.Set("tool_choice", request.ToolChoice is { } choice ? WriteChoice(choice) : null);
        }
        else if (request.ToolChoice is { Kind: ToolChoiceKind.Required or ToolChoiceKind.Named })
        {
            throw NotCarriedException.Invalid("tool_choice", "left out where no tools are given");
        }
    }

    private static JsonObject WriteTool(Tool tool, ShimNotes notes)
    {
        var function = new JsonObject { ["name"] = tool.Name };
        function.Set("description", tool.Description);
        function.Set("parameters", tool.Parameters is { } schema ? ToolSchema.WithProperties(schema) : null);
        function.Set("strict", OpenAICommon.Strict(tool, notes));
        return new JsonObject { ["type"] = "function", ["function"] = function };
    }

    private static JsonNode WriteChoice(ToolChoice choice) => choice.Kind switch
    {
        ToolChoiceKind.None => "none",
        ToolChoiceKind.Required => "required",
        ToolChoiceKind.Named => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = choice.Name } },
        _ => "auto",
    };
}

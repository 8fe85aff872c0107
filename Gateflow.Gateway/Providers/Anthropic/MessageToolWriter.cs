using System.Text.Json.Nodes;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Writes <c>tools</c> and <c>tool_choice</c>, which also says whether one turn may hold several calls.</summary>
internal static class MessageToolWriter
{
    public static void Write(JsonObject json, ModelRequest request, ClaudeModel model, EnforcementBudget budget, ShimNotes notes)
    {
        if (request.Tools.Count == 0)
        {
            if (request.ToolChoice is { Kind: ToolChoiceKind.Required or ToolChoiceKind.Named })
            {
                throw NotCarriedException.Invalid("tool_choice", "left out where no tools are given");
            }

            return;
        }

        json["tools"] = new JsonArray([.. request.Tools.Select(tool => WriteTool(tool, model, budget, notes))]);
        json.Set("tool_choice", WriteChoice(request));
    }

    private static JsonObject WriteTool(Tool tool, ClaudeModel model, EnforcementBudget budget, ShimNotes notes)
    {
        var json = new JsonObject { ["name"] = tool.Name };
        json.Set("description", tool.Description);
        json["input_schema"] = ToolSchema.Of(tool.Parameters);
        if (tool.Strict != true)
        {
            return json;
        }

        if (model.TakesSchema && tool.Parameters is { } strict && EnforcedSchema.Of(strict) is { } enforced && budget.TryTakeTool(enforced))
        {
            json["input_schema"] = ToolSchema.Of(enforced);
            json["strict"] = true;
            enforced.Tell(notes, "tools.parameters");
        }
        else
        {
            notes.Dropped("tools.strict");
        }

        return json;
    }

    private static JsonObject? WriteChoice(ModelRequest request)
    {
        var single = request.ParallelToolCalls is false || request.LegacyFunctions; // an answer of the older form holds one call
        if (request.ToolChoice is not { } choice)
        {
            return single ? new JsonObject { ["type"] = "auto", ["disable_parallel_tool_use"] = true } : null;
        }

        var json = new JsonObject
        {
            ["type"] = choice.Kind switch
            {
                ToolChoiceKind.None => "none",
                ToolChoiceKind.Required => "any",
                ToolChoiceKind.Named => "tool",
                _ => "auto",
            },
        };
        json.Set("name", choice.Name);
        json.Set("disable_parallel_tool_use", single && choice.Kind != ToolChoiceKind.None ? true : default(bool?));
        return json;
    }
}

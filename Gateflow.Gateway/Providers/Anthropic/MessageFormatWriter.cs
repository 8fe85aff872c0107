using System.Text.Json.Nodes;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>
/// Writes the form that an answer must have: a schema as <c>output_config.format</c> where the model takes one, else an instruction, for the protocol has
/// no plain JSON mode.
/// </summary>
internal static class MessageFormatWriter
{
    /// <returns>What the model must be told; null for nothing.</returns>
    public static string? Write(JsonObject json, ResponseFormat? format, ClaudeModel model, EnforcementBudget budget, ShimNotes notes)
    {
        if (format is null or { Kind: FormatKind.Text })
        {
            return null;
        }

        if (format is not { Kind: FormatKind.Schema, Schema: { } schema } || !model.TakesSchema || EnforcedSchema.Of(schema) is not { } enforced || !budget.TryTake(enforced))
        {
            return FormatInstruction.Of(format, notes);
        }

        enforced.Tell(notes, "response_format.schema");
        var output = json["output_config"] as JsonObject ?? [];
        output["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = enforced.Json };
        json["output_config"] = output;
        return null;
    }
}

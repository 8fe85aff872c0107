using System.Text.Json.Nodes;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>
/// Writes the form that an answer must have: as a schema where the model takes one, else as an instruction, for Converse has no plain JSON mode.
/// </summary>
internal static class ConverseFormat
{
    /// <returns><c>outputConfig.textFormat</c>, or what the model must be told; both null for text.</returns>
    public static (JsonObject? Format, string? Instruction) Write(ResponseFormat? format, BedrockFamily family, ShimNotes notes)
    {
        if (format is null or { Kind: FormatKind.Text })
        {
            return (null, null);
        }

        if (format is not { Kind: FormatKind.Schema, Schema: { } schema } || !family.TakesSchema || EnforcedSchema.Of(schema) is not { } enforced)
        {
            return (null, FormatInstruction.Of(format, notes));
        }

        enforced.Tell(notes, "response_format.schema");
        var definition = new JsonObject { ["schema"] = enforced.Json!.ToJsonString(ProviderJson.Options) };
        definition.Set("name", format.Name);
        definition.Set("description", format.Description);
        return (new JsonObject { ["type"] = "json_schema", ["structure"] = new JsonObject { ["jsonSchema"] = definition } }, null);
    }
}

using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Writes the form that an answer must have, into <c>generationConfig</c>; as an instruction for models that take no form beside tools.</summary>
internal static class FormatWriter
{
    /// <returns>What the model must be told; null for nothing.</returns>
    public static string? Write(JsonObject config, ModelRequest request, GeminiFamily family, ShimNotes notes)
    {
        if (request.Format is not { Kind: not FormatKind.Text } format)
        {
            return null;
        }

        if (request.Tools.Count > 0 && !family.TakesFormWithTools)
        {
            return FormatInstruction.Of(format, notes);
        }

        config["responseMimeType"] = "application/json";
        if (format is { Kind: FormatKind.Schema, Schema: { } schema })
        {
            var written = GoogleSchema.Write(schema, "response_format.schema", notes);
            if (!written.ContainsKey("description"))
            {
                written.Set("description", format.Description);
            }

            config["responseJsonSchema"] = written;
        }

        return null;
    }
}

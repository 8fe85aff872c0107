using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Writes the form that an answer must have, into <c>generationConfig</c>; as an instruction for models that take no form beside tools.</summary>
internal static class FormatWriter
{
    private const string Json = "Answer with one JSON object and nothing else: no other words, no code fence.";

    /// <returns>What the model must be told; null for nothing.</returns>
    public static string? Write(JsonObject config, ModelRequest request, GeminiFamily family, ShimNotes notes)
    {
        if (request.Format is not { Kind: not FormatKind.Text } format)
        {
            return null;
        }

        var schema = format.Kind == FormatKind.Schema ? format.Schema : null;
        if (request.Tools.Count > 0 && !family.TakesFormWithTools)
        {
            notes.Mapped("response_format", "instruction");
            return schema is { } told ? $"{Json} The object must be valid against this JSON schema: {told.GetRawText()}" : Json;
        }

        config["responseMimeType"] = "application/json";
        if (schema is { } given)
        {
            var written = GoogleSchema.Write(given, "response_format.schema", notes);
            if (!written.ContainsKey("description"))
            {
                written.Set("description", format.Description);
            }

            config["responseJsonSchema"] = written;
        }

        return null;
    }
}

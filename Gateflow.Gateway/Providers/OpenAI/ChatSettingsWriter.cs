using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Writes format, reasoning and what is said about the request itself.</summary>
internal static class ChatSettingsWriter
{
    public static void Write(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        if (request.Format is { } format)
        {
            json["response_format"] = WriteFormat(format);
        }

        if (request.Reasoning is { } reasoning)
        {
            json.Set("reasoning_effort", EffortOf(reasoning, notes));
        }

        json.Set("verbosity", request.Verbosity);
        OpenAICommon.Write(json, request, notes);
    }

    private static JsonObject WriteFormat(ResponseFormat format)
    {
        if (format.Kind != FormatKind.Schema)
        {
            return new JsonObject { ["type"] = format.Kind == FormatKind.Json ? "json_object" : "text" };
        }

        var schema = new JsonObject { ["name"] = format.Name ?? "answer" };
        schema.Set("description", format.Description);
        schema.Set("schema", format.Schema);
        schema.Set("strict", format.Strict);
        return new JsonObject { ["type"] = "json_schema", ["json_schema"] = schema };
    }

    private static string? EffortOf(Reasoning reasoning, ShimNotes notes)
    {
        if (reasoning.Summary is not null)
        {
            notes.Dropped("reasoning.summary");
        }

        return OpenAIEffort.Of(reasoning, notes);
    }
}

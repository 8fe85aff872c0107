using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Writes format, reasoning and what is said about the request itself.</summary>
internal static class ChatSettingsWriter
{
    public static void Write(JsonObject json, ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        if (request.Format is { } format)
        {
            json["response_format"] = WriteFormat(format);
        }

        if (request.Reasoning is { } reasoning)
        {
            json.Set("reasoning_effort", EffortOf(reasoning, endpoint, notes));
        }

        json.Set("verbosity", request.Verbosity);
        WriteMetadata(json, request, endpoint.Provider.Type, notes);
        OpenAICommon.Write(json, request, notes);
    }

    /// <summary>OpenAI and Azure refuse metadata of a completion that they are not to store.</summary>
    private static void WriteMetadata(JsonObject json, ModelRequest request, ProviderType type, ShimNotes notes)
    {
        if (type == ProviderType.OpenAICompatible || (request.Others.TryGetValue("store", out var store) && store.ValueKind == JsonValueKind.True))
        {
            json.Set("metadata", request.Metadata);
        }
        else if (request.Metadata is not null)
        {
            notes.Dropped("metadata");
        }
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

    private static string? EffortOf(Reasoning reasoning, ModelEndpoint endpoint, ShimNotes notes)
    {
        if (reasoning.Summary is not null)
        {
            notes.Dropped("reasoning.summary");
        }

        return OpenAIEffort.Of(reasoning, endpoint, notes);
    }
}

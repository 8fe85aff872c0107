using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Writes a request for <c>generateContent</c>, of the Gemini API and of Vertex AI. The address names the model, and whether it streams.</summary>
internal static class GenerateRequestWriter
{
    /// <summary>Wishes about costs, limits and what is told beside the answer: answers are as useful without.</summary>
    private static readonly FrozenSet<string> Dropped = FrozenSet.ToFrozenSet(
        [
            "store", "prediction", "safety_identifier", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "include", "truncation",
            "cache_control", "context_management", "diagnostics", "fallbacks", "inference_geo", "input_examples", "speed", "max_tool_calls", "user_profile_id",
            "workspace_id",
        ],
        StringComparer.Ordinal);

    /// <exception cref="NotCarriedException">Gemini has no word for a part that answers depend on.</exception>
    public static JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var (family, type) = (GeminiFamily.Of(endpoint), endpoint.Provider.Type);
        var json = new JsonObject();
        new ContentsWriter(family, withIds: type == ProviderType.Gemini, notes).Write(json, request.Messages);
        FunctionToolWriter.Write(json, request, notes);
        var config = GenerationConfigWriter.Write(request, notes);
        ContentsWriter.Instruct(json, FormatWriter.Write(config, request, family, notes));
        config.Set("thinkingConfig", request.Reasoning is { } reasoning ? ThinkingWriter.Write(reasoning, family, notes) : null);
        json.Set("generationConfig", config.Count > 0 ? config : null);
        WriteAround(json, request, type, notes);
        return json;
    }

    private static void WriteAround(JsonObject json, ModelRequest request, ProviderType type, ShimNotes notes)
    {
        if (request.ServiceTier is "flex" or "priority" && type == ProviderType.Gemini)
        {
            json["serviceTier"] = request.ServiceTier;
        }
        else if (request.ServiceTier is not null)
        {
            notes.Dropped("service_tier");
        }

        NoteIf(request.User is not null, "user", notes);
        NoteIf(request.Metadata is not null, "metadata", notes);
        NoteIf(request.Verbosity is not null, "verbosity", notes);
        foreach (var (name, value) in request.Others)
        {
            if (name == "safety_settings")
            {
                json.Set("safetySettings", value);
            }
            else if (Dropped.Contains(name))
            {
                notes.Dropped(name);
            }
            else if (!(name == "modalities" && IsTextOnly(value)))
            {
                throw NotCarriedException.Unsupported(name, $"has no '{name}'");
            }
        }
    }

    private static bool IsTextOnly(JsonElement modalities) =>
        modalities.ValueKind == JsonValueKind.Array && modalities.EnumerateArray().All(static kind => kind.ValueKind == JsonValueKind.String && kind.ValueEquals("text"));

    private static void NoteIf(bool given, string param, ShimNotes notes)
    {
        if (given)
        {
            notes.Dropped(param);
        }
    }
}

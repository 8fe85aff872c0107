using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Decides about fields that only some protocols have: carried where responses know them by the same name and form, else noted or refused.</summary>
internal static class ResponsesOthersWriter
{
    private static readonly FrozenSet<string> Carried = FrozenSet.ToFrozenSet(
        ["store", "safety_identifier", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "truncation", "max_tool_calls"], StringComparer.Ordinal);

    /// <summary>Wishes about speed, costs, limits and what is told beside the answer: answers are as useful without.</summary>
    private static readonly FrozenSet<string> Dropped = FrozenSet.ToFrozenSet(
        ["prediction", "include", "cache_control", "context_management", "inference_geo", "speed", "safety_settings", "input_examples", "diagnostics", "fallbacks", "user_profile_id",
            "workspace_id"],
        StringComparer.Ordinal);

    public static void Write(JsonObject json, IReadOnlyDictionary<string, JsonElement> others, ShimNotes notes)
    {
        foreach (var (name, value) in others)
        {
            if (Carried.Contains(name))
            {
                json.Set(name, value);
            }
            else if (Dropped.Contains(name))
            {
                notes.Dropped(name);
            }
            else if (!(name == "modalities" && IsText(value)))
            {
                throw NotCarriedException.Unsupported(name, $"has no '{name}'");
            }
        }
    }

    private static bool IsText(JsonElement modalities) =>
        modalities.ValueKind == JsonValueKind.Array && modalities.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String && item.ValueEquals("text"));
}

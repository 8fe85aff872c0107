using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Decides about fields that only some protocols have: carried where chat completions know them by the same name and form, else noted or refused.</summary>
internal static class ChatOthersWriter
{
    private static readonly FrozenSet<string> Carried = FrozenSet.ToFrozenSet(
        ["store", "prediction", "modalities", "audio", "web_search_options", "safety_identifier", "prompt_cache_key", "prompt_cache_options",
            "prompt_cache_retention"],
        StringComparer.Ordinal);

    /// <summary>Wishes about costs, limits and what is told beside the answer: answers are as useful without.</summary>
    private static readonly FrozenSet<string> Dropped = FrozenSet.ToFrozenSet(
        ["include", "truncation", "cache_control", "context_management", "inference_geo", "speed", "max_tool_calls", "safety_settings", "input_examples",
            "diagnostics", "fallbacks", "user_profile_id", "workspace_id"],
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
            else
            {
                throw NotCarriedException.Unsupported(name, $"has no '{name}'");
            }
        }
    }
}

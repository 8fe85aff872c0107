using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Decides about what is said of the request itself, and about fields that only some protocols have.</summary>
internal static class MessageSettingsWriter
{
    private static readonly FrozenSet<string> Carried = FrozenSet.ToFrozenSet(
        ["cache_control", "container", "diagnostics", "inference_geo", "mcp_servers", "speed", "user_profile_id", "workspace_id"],
        StringComparer.Ordinal);

    /// <summary>Wishes about costs, limits and what is told beside the answer: answers are as useful without.</summary>
    private static readonly FrozenSet<string> Dropped = FrozenSet.ToFrozenSet(
        [
            "context_management", "fallbacks", "include", "input_examples", "max_tool_calls", "prediction", "prompt_cache_key", "prompt_cache_options",
            "prompt_cache_retention", "safety_settings", "store", "truncation",
        ],
        StringComparer.Ordinal);

    public static void Write(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        if (request.Verbosity is not null)
        {
            notes.Dropped("verbosity");
        }

        WriteUser(json, request, notes);
        WriteTier(json, request.ServiceTier, notes);
        foreach (var (name, value) in request.Others)
        {
            if (Carried.Contains(name))
            {
                json.Set(name, value);
            }
            else if (Dropped.Contains(name))
            {
                notes.Dropped(name);
            }
            else if (!(IsUser(name, value) || IsTextOnly(name, value)))
            {
                throw NotCarriedException.Unsupported(name, $"has no '{name}'");
            }
        }
    }

    /// <summary>Of metadata the protocol knows the user's id alone.</summary>
    private static void WriteUser(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        var named = request.Metadata is { } metadata && metadata.TryGetProperty("user_id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
        var safety = request.Others.TryGetValue("safety_identifier", out var identifier) && identifier.ValueKind == JsonValueKind.String ? identifier.GetString() : null;
        if ((request.User ?? named ?? safety) is { } user)
        {
            json["metadata"] = new JsonObject { ["user_id"] = user };
        }

        if (request.Metadata is { } given && given.EnumerateObject().Any(static member => member.Name != "user_id"))
        {
            notes.Dropped("metadata");
        }
    }

    private static void WriteTier(JsonObject json, string? tier, ShimNotes notes)
    {
        switch (tier)
        {
            case null:
                break;
            case "auto" or "standard_only":
                json["service_tier"] = tier;
                break;
            case "default":
                json["service_tier"] = "standard_only";
                notes.Mapped("service_tier", "standard_only");
                break;
            default:
                notes.Dropped("service_tier");
                break;
        }
    }

    private static bool IsUser(string name, JsonElement value) => name == "safety_identifier" && value.ValueKind == JsonValueKind.String;

    /// <summary>Text is what the protocol answers with, whether asked for or not.</summary>
    private static bool IsTextOnly(string name, JsonElement value) =>
        name == "modalities" && value.ValueKind == JsonValueKind.Array
        && value.EnumerateArray().All(static kind => kind.ValueKind == JsonValueKind.String && kind.ValueEquals("text"));
}

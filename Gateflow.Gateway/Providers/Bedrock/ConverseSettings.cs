using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Decides about what is said of the request itself, and about fields that only some protocols have.</summary>
internal static partial class ConverseSettings
{
    private const int MostMetadata = 16;

    /// <summary>Wishes about costs, limits and what is told beside the answer: answers are as useful without.</summary>
    private static readonly FrozenSet<string> Dropped = FrozenSet.ToFrozenSet(
        [
            "cache_control", "context_management", "diagnostics", "fallbacks", "include", "inference_geo", "input_examples", "max_tool_calls", "prediction",
            "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "safety_identifier", "safety_settings", "speed", "store", "truncation",
            "user_profile_id", "workspace_id",
        ],
        StringComparer.Ordinal);

    public static void Write(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        Drop("seed", request.Seed is not null);
        Drop("presence_penalty", request.PresencePenalty is not (null or 0));
        Drop("frequency_penalty", request.FrequencyPenalty is not (null or 0));
        Drop("logit_bias", request.LogitBias is { ValueKind: JsonValueKind.Object } bias && bias.EnumerateObject().Any());
        Drop("user", request.User is not null);
        Drop("verbosity", request.Verbosity is not null);
        WriteTier(json, request.ServiceTier, notes);
        WriteMetadata(json, request.Metadata, notes);
        foreach (var (name, value) in request.Others)
        {
            if (Dropped.Contains(name))
            {
                notes.Dropped(name);
            }
            else if (!(name == "modalities" && IsText(value)))
            {
                throw NotCarriedException.Unsupported(name, $"has no '{name}'");
            }
        }

        void Drop(string param, bool given)
        {
            if (given)
            {
                notes.Dropped(param);
            }
        }
    }

    private static void WriteTier(JsonObject json, string? tier, ShimNotes notes)
    {
        if (tier is "default" or "flex" or "priority")
        {
            json["serviceTier"] = new JsonObject { ["type"] = tier };
        }
        else if (tier is not null)
        {
            notes.Dropped("service_tier");
        }
    }

    /// <summary>Bedrock keeps pairs of short texts with its log of invocations.</summary>
    private static void WriteMetadata(JsonObject json, JsonElement? metadata, ShimNotes notes)
    {
        if (metadata is not { ValueKind: JsonValueKind.Object } given)
        {
            return;
        }

        var pairs = given.EnumerateObject().ToList();
        if (pairs.Count is > 0 and <= MostMetadata
            && pairs.TrueForAll(static pair => pair.Value.ValueKind == JsonValueKind.String && MetadataPattern().IsMatch(pair.Name) && MetadataPattern().IsMatch(pair.Value.GetString()!)))
        {
            json["requestMetadata"] = JsonObject.Create(given);
            notes.Renamed("metadata", "requestMetadata");
        }
        else if (pairs.Count > 0)
        {
            notes.Dropped("metadata");
        }
    }

    private static bool IsText(JsonElement modalities) =>
        modalities.ValueKind == JsonValueKind.Array && modalities.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String && item.ValueEquals("text"));

    [GeneratedRegex(@"^[a-zA-Z0-9\s:_@$#=/+,.\-]{1,256}\z")]
    private static partial Regex MetadataPattern();
}

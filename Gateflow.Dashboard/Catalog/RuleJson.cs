using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Reads a rule from a request.</summary>
internal static class RuleJson
{
    /// <summary>The rule with the members that the request names; a member that no rule has is a fault.</summary>
    public static Result<RuleConfig> Merged(RuleConfig before, JsonObject patch)
    {
        var merged = (JsonObject)JsonSerializer.SerializeToNode(before, JsonColumn.Options)!;
        var known = typeof(RuleConfig).GetProperties().Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)).ToList();
        foreach (var (name, value) in patch)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                return Refusal.Invalid(name, $"{name} is not known; a rule has {string.Join(", ", known)}.");
            }

            merged[name] = value?.DeepClone();
        }

        try
        {
            foreach (var empty in merged.Where(m => m.Value is null).Select(m => m.Key).ToList())
            {
                merged.Remove(empty);
            }

            return merged.Deserialize<RuleConfig>(RequestJson.Options)!;
        }
        catch (JsonException fault)
        {
            var param = RequestJson.ParamOf(fault);
            return Refusal.Invalid(param, $"{param} has a value of the wrong type.");
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>The body of POST and PATCH: the fields given replace those of the chain, null puts the default back.</summary>
public static class ChainPatch
{
    private static readonly ChainConfigValidator Rules = new();

    private static readonly string[] Fields =
        [.. typeof(ChainConfig).GetProperties().Where(p => p.CanWrite).Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))];

    /// <summary>The chain that is wanted, in order, or every fault of it that can be told without knowing models.</summary>
    public static (ChainConfig? Config, IReadOnlyList<Fault> Faults) Apply(ChainConfig known, JsonObject patch)
    {
        List<Fault> faults = [.. patch.Where(p => !Fields.Contains(p.Key)).Select(p => new Fault(
            p.Key, $"{p.Key} is not a field of a fallback chain; the fields are {string.Join(", ", Fields)}."))];
        if (faults.Count > 0)
        {
            return (null, faults);
        }

        var merged = (JsonObject)JsonSerializer.SerializeToNode(known, JsonColumn.Options)!;
        foreach (var (name, value) in patch)
        {
            merged.Remove(name);
            if (value is not null)
            {
                merged[name] = value.DeepClone();
            }
        }

        if (merged["fallbacks"] is JsonArray entries && entries.Any(e => e?.GetValueKind() is not (JsonValueKind.Object or JsonValueKind.String)))
        {
            return (null, [new Fault("fallbacks", "each fallback must be a model's id, or an object {model, priority?, note?}.")]);
        }

        try
        {
            var config = merged.Deserialize<ChainConfig>(RequestJson.Options)!.Ordered();
            faults.AddRange(Rules.Validate(config).Errors.Select(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage)));
            return (config, faults);
        }
        catch (JsonException fault)
        {
            var path = RequestJson.ParamOf(fault);
            var param = Fields.Any(f => path.StartsWith(f, StringComparison.Ordinal)) ? path : "fallbacks"; // whose own converter begins a path anew
            return (null, [new Fault(param, Wrong(param))]);
        }
    }

    private static string Wrong(string param) => param.StartsWith("triggers", StringComparison.Ordinal)
        ? $"{param} must be one of {string.Join(", ", FallbackReasons.Triggers.Select(t => t.Name()))}."
        : param.StartsWith("fallbacks", StringComparison.Ordinal) ? $"{param} must be a model's id, or an object {{model, priority?, note?}}."
        : $"{param} has a value of the wrong type.";
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;

namespace Gateflow.Core.Migrations;

/// <summary>A PATCH of a migration: the fields given replace those of the configuration, the others stay.</summary>
public static class ConfigPatch
{
    private static readonly HashSet<string> Known = [.. RequestJson.FieldsOf<MigrationConfig>()];

    /// <summary>The configuration with the fields laid over it, or every fault: unknown fields, wrong types, values out of range.</summary>
    /// <param name="config">What stands.</param>
    /// <param name="patch">What is wanted.</param>
    /// <param name="changedOnly">True where what stands can no longer be chosen anew: a fault of a field that stays, which an earlier version took, is no reason to refuse the others.</param>
    public static (MigrationConfig Config, IReadOnlyList<Fault> Faults) Apply(MigrationConfig config, JsonObject patch, bool changedOnly = false)
    {
        List<Fault> faults = [];
        List<Fault> standing = changedOnly ? [.. Faults(config).Where(f => !patch.ContainsKey(f.Param.Split('.', '[')[0]))] : [];
        foreach (var (name, value) in patch.Where(p => Known.Contains(p.Key)))
        {
            var merged = (JsonObject)JsonSerializer.SerializeToNode(config, JsonColumn.Options)!;
            merged[name] = value?.DeepClone();
            try
            {
                config = merged.Deserialize<MigrationConfig>(RequestJson.Options) ?? config;
            }
            catch (JsonException fault)
            {
                if (RequestJson.Missing<MigrationConfig>(new JsonObject { [name] = value?.DeepClone() }).ToList() is { Count: > 0 } missing)
                {
                    faults.AddRange(missing.Select(m => new Fault(m, $"{m} is missing, and there is no usual value of it.")));
                    continue;
                }

                var param = RequestJson.ParamOf(fault, name);
                faults.Add(new Fault(param, param == name ? $"{name} has a value that cannot be read: {Shorten(value)}." : $"{param} is not known, lacks a field, or has a value that cannot be read: {Shorten(value)}."));
            }
        }

        faults.AddRange(patch.Where(p => !Known.Contains(p.Key)).Select(p => new Fault(p.Key, $"{p.Key} is not a field of a migration.")));
        faults.AddRange(Faults(config).Except(standing));
        return (config, faults);
    }

    /// <summary>Every rule that the configuration breaks, with wire names.</summary>
    public static IReadOnlyList<Fault> Faults(MigrationConfig config) =>
        [.. new MigrationConfigValidator().Validate(config).Errors.Select(e => new Fault(WireName(e.PropertyName), e.ErrorMessage))];

    /// <summary>"RollbackThreshold.ErrorRate" as "rollback_threshold.error_rate".</summary>
    public static string WireName(string property) =>
        string.Join('.', property.Split('.').Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));

    private static string Shorten(JsonNode? value)
    {
        var text = value?.ToJsonString() ?? "null";
        return text.Length > 60 ? text[..60] + "…" : text;
    }
}

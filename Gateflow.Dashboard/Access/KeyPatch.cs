using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Access;

/// <summary>PATCH /api-keys/{id}: the fields given replace those of the key, null clears, and each limit is a field of its own.</summary>
public static class KeyPatch
{
    private const string Limits = "rate_limits";

    private static readonly IReadOnlyList<string> Fields = RequestJson.FieldsOf<KeyFields>();

    private static readonly HashSet<string> LimitFields =
        [.. typeof(KeyLimits).GetProperties().Where(p => p.CanWrite).Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))];

    /// <summary>What the form of a key shows of it, as a request names the fields.</summary>
    internal static JsonObject Of(KeyView key)
    {
        var fields = LimitDraft.Of(key).Patch([]);
        (fields["name"], fields["feature"]) = (key.Name, key.Feature);
        return fields;
    }

    /// <summary>Changes the key, or nothing and returns every fault.</summary>
    public static IReadOnlyList<Fault> Apply(ApiKey key, JsonObject patch, IValidator<CreateKey> rules)
    {
        List<Fault> faults = [.. patch.Where(p => !Fields.Contains(p.Key)).Select(p => new Fault(
            p.Key, $"{p.Key} is not a field of a key that can be changed; these can: {string.Join(", ", Fields)}.")), .. UnknownLimits(patch)];
        if (faults.Count > 0 || Read(Merged(key, patch), faults) is not { } wanted)
        {
            return faults;
        }

        faults.AddRange(rules.Validate(wanted).Errors.Select(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage)));
        if (faults.Count == 0)
        {
            key.Name = wanted.Name!.Trim();
            key.Feature = string.IsNullOrWhiteSpace(wanted.Feature) ? null : wanted.Feature.Trim();
            key.AllowedModels = wanted.AllowedModels ?? [];
            key.RateLimits = wanted.RateLimits ?? KeyLimits.None;
            key.AllowedIps = wanted.AllowedIps ?? [];
            key.ExpiresAt = patch.ContainsKey("expires_at") ? wanted.ExpiresAt : key.ExpiresAt;
        }

        return faults;
    }

    /// <summary>A limit that is not known would be a limit that somebody believes in.</summary>
    public static IEnumerable<Fault> UnknownLimits(JsonObject body) => body[Limits] is JsonObject limits
        ? limits.Where(l => !LimitFields.Contains(l.Key)).Select(l => new Fault(
            $"{Limits}.{l.Key}", $"{Limits}.{l.Key} is not a limit; the limits are {string.Join(", ", LimitFields)}."))
        : [];

    private static JsonObject Merged(ApiKey key, JsonObject patch)
    {
        var merged = (JsonObject)JsonSerializer.SerializeToNode(
            new CreateKey { Name = key.Name, Feature = key.Feature, AllowedModels = key.AllowedModels, RateLimits = key.RateLimits, AllowedIps = key.AllowedIps },
            JsonColumn.Options)!;
        foreach (var (name, value) in patch)
        {
            if (name == Limits && value is JsonObject some)
            {
                foreach (var (limit, number) in some)
                {
                    ((JsonObject)merged[Limits]!)[limit] = number?.DeepClone();
                }

                continue;
            }

            merged[name] = value?.DeepClone();
        }

        return merged;
    }

    private static CreateKey? Read(JsonObject merged, List<Fault> faults)
    {
        try
        {
            return merged.Deserialize<CreateKey>(RequestJson.Options);
        }
        catch (JsonException fault)
        {
            var param = RequestJson.ParamOf(fault);
            faults.Add(new Fault(param, $"{param} has a value of the wrong type."));
            return null;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;

namespace Gateflow.Dashboard.Providers;

/// <summary>
/// Lays the fields of a request over a draft: a field given replaces the one before, null clears it, and each timeout, limit and probe setting is a
/// field of its own. Secrets that are not given stay.
/// </summary>
public static class ProviderPatch
{
    private static readonly Dictionary<string, List<string>> Groups = new()
    {
        ["timeouts"] = Names(typeof(ProviderTimeouts)),
        ["limits"] = Names(typeof(ProviderCallLimits)),
        ["probe"] = Names(typeof(ProbeConfig)),
    };

    private static readonly List<string> Fields = Names(typeof(ProviderDraft));

    /// <summary>The draft that comes of it, or every fault of the request or the outcome.</summary>
    public static (ProviderDraft Draft, IReadOnlyList<Fault> Faults) Apply(ProviderDraft before, JsonObject patch, IValidator<ProviderDraft> rules)
    {
        ArgumentNullException.ThrowIfNull(patch);
        List<Fault> faults = [.. Unknown(patch)];
        var draft = faults.Count == 0 ? Read(Merged(before, patch), faults) : null;
        if (draft is null)
        {
            return (before, faults);
        }

        faults.AddRange(Faults(draft, rules));
        if (before.Type is not null && draft.Kind is { } kind && kind != before.Kind)
        {
            faults.Add(new Fault("type", "type cannot be changed; add another provider instead."));
        }

        return (draft, faults);
    }

    /// <summary>The request that stores what a form changed: of a group the fields that differ, all else whole.</summary>
    internal static JsonObject Of(JsonObject shown, JsonObject typed)
    {
        var patch = FormEdit.Patch(shown, typed);
        foreach (var name in Groups.Keys)
        {
            if (patch[name] is JsonObject group && shown[name] is JsonObject before)
            {
                patch[name] = FormEdit.Patch(before, group);
            }
        }

        return patch;
    }

    /// <summary>Every rule that the draft breaks, with wire names.</summary>
    public static IReadOnlyList<Fault> Faults(ProviderDraft draft, IValidator<ProviderDraft> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return [.. rules.Validate(draft).Errors.Select(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage))];
    }

    private static IEnumerable<Fault> Unknown(JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (!Fields.Contains(name))
            {
                yield return new Fault(name, $"{name} is not a field of a provider; these are: {string.Join(", ", Fields)}.");
            }
            else if (Groups.TryGetValue(name, out var known) && value is JsonObject group)
            {
                foreach (var (field, _) in group.Where(f => !known.Contains(f.Key)))
                {
                    yield return new Fault($"{name}.{field}", $"{name}.{field} is not known; {name} has {string.Join(", ", known)}.");
                }
            }
        }
    }

    private static JsonObject Merged(ProviderDraft before, JsonObject patch)
    {
        var merged = (JsonObject)JsonSerializer.SerializeToNode(before, JsonColumn.Options)!;
        foreach (var (name, value) in patch)
        {
            if (Groups.ContainsKey(name) && value is JsonObject group && merged[name] is JsonObject known)
            {
                foreach (var (field, setting) in group)
                {
                    known[field] = setting?.DeepClone();
                }
            }
            else if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = value.DeepClone();
            }
        }

        return merged;
    }

    private static ProviderDraft? Read(JsonObject merged, List<Fault> faults)
    {
        try
        {
            return merged.Deserialize<ProviderDraft>(RequestJson.Options);
        }
        catch (JsonException fault)
        {
            var param = RequestJson.ParamOf(fault);
            faults.Add(new Fault(param, $"{param} has a value of the wrong type."));
            return null;
        }
    }

    private static List<string> Names(Type type) =>
        [.. type.GetProperties().Where(p => p.CanWrite).Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))];
}

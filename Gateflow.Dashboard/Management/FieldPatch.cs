using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Management;

/// <summary>Lays the fields of a request over those that are known, for records whose properties are the fields of a resource.</summary>
internal static class FieldPatch
{
    /// <summary>The record with the fields that the request names, a null clearing one; or every fault: unknown fields, wrong types, broken rules.</summary>
    public static Result<T> Apply<T>(T known, JsonObject request, IValidator<T> rules)
        where T : class
    {
        var fields = typeof(T).GetProperties().Where(p => p.CanWrite).Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)).ToHashSet(StringComparer.Ordinal);
        List<Fault> faults = [.. request.Where(r => !fields.Contains(r.Key)).Select(r => new Fault(r.Key, $"'{r.Key}' is no field here; there are {string.Join(", ", fields)}."))];
        foreach (var (name, value) in request.Where(r => fields.Contains(r.Key)))
        {
            var merged = (JsonObject)JsonSerializer.SerializeToNode(known, JsonColumn.Options)!;
            merged[name] = value?.DeepClone();
            try
            {
                known = merged.Deserialize<T>(JsonColumn.Options)!;
            }
            catch (JsonException fault)
            {
                faults.Add(new Fault(fault.Path is { Length: > 2 } path ? path[2..] : name, $"{name} has a value of the wrong type."));
            }
        }

        if (faults.Count == 0)
        {
            faults.AddRange(rules.Validate(known).Errors.Select(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage)));
        }

        return faults.Count > 0 ? Refused(faults) : known;
    }

    /// <summary>A refusal that lists faults.</summary>
    public static Refusal Refused(IReadOnlyList<Fault> faults) =>
        new(RefusalKind.Invalid, "invalid_parameter", faults[0].Message) { Param = faults[0].Param, Faults = faults };
}

using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core;
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
        List<Fault> faults = [.. RequestJson.Unknown<T>(request)];
        foreach (var (name, value) in request.Where(r => !faults.Exists(f => f.Param == r.Key)))
        {
            var merged = (JsonObject)JsonSerializer.SerializeToNode(known, JsonColumn.Options)!;
            merged[name] = value?.DeepClone();
            try
            {
                known = merged.Deserialize<T>(RequestJson.Options)!;
            }
            catch (JsonException fault)
            {
                faults.Add(new Fault(RequestJson.ParamOf(fault, name), $"{name} has a value of the wrong type."));
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

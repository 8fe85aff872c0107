using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.ChangeManagement;

/// <summary>Reads fields of a request one by one and keeps every fault, with the field's whole name.</summary>
/// <param name="faults">Where faults go.</param>
internal sealed class FieldReader(List<Fault> faults)
{
    /// <summary>A whole number within bounds; the old value when it is none.</summary>
    public int Whole(string name, JsonNode? value, int least, int most, int old) =>
        Numeric(value) is { } whole && whole == Math.Floor(whole) && whole >= least && whole <= most
            ? (int)whole
            : Faulty(name, $"{name} must be a whole number from {least} to {most}.", old);

    /// <summary>A number within bounds.</summary>
    public double Number(string name, JsonNode? value, double least, double most, double old) =>
        Numeric(value) is { } some && some >= least && some <= most
            ? some
            : Faulty(name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} must be a number from {least} to {most}."), old);

    public bool Flag(string name, JsonNode? value, bool old) =>
        value is JsonValue flag && flag.TryGetValue(out bool truth) ? truth : Faulty(name, $"{name} must be true or false.", old);

    /// <summary>Texts out of a set, each once.</summary>
    public IReadOnlyList<string> Names(string name, JsonNode? value, IReadOnlyCollection<string> known, IReadOnlyList<string> old)
    {
        if (value is not JsonArray array || array.Any(n => n is not JsonValue v || v.GetValueKind() != JsonValueKind.String))
        {
            return Faulty(name, $"{name} must be a list of texts.", old);
        }

        List<string> names = [.. array.Select(n => n!.GetValue<string>()).Distinct(StringComparer.Ordinal)];
        return names.Find(n => !known.Contains(n)) is { } unknown
            ? Faulty(name, known.Count == 0 ? $"'{unknown}' does not exist." : $"'{unknown}' is not known there; there are {string.Join(", ", known)}.", old)
            : names;
    }

    /// <summary>The fields of a group; none when it is no object.</summary>
    public IEnumerable<(string Name, JsonNode? Value)> Group(string name, JsonNode? value)
    {
        if (value is JsonObject group)
        {
            return group.Select(p => (p.Key, p.Value));
        }

        faults.Add(new Fault(name, $"{name} must be an object."));
        return [];
    }

    public T Unknown<T>(string name, IEnumerable<string> known, T old) => Faulty(name, $"{name} is not a setting; there are {string.Join(", ", known)}.", old);

    /// <summary>By its text: a value that was made in memory gives itself out as its own type alone.</summary>
    private static double? Numeric(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number ? double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) : null;

    private T Faulty<T>(string name, string message, T old)
    {
        faults.Add(new Fault(name, message));
        return old;
    }
}

using System.Text.Json.Nodes;

namespace Gateflow.Dashboard.Live;

/// <summary>Reads the fields of an event, whichever way they were written.</summary>
internal static class EventData
{
    public static string? Text(this JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static double? Number(this JsonObject data, string name) => data[name] is not JsonValue value ? null
        : value.TryGetValue(out double real) ? real
        : value.TryGetValue(out long whole) ? whole
        : value.TryGetValue(out int small) ? small : null;

    public static bool? Flag(this JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    public static IReadOnlyList<string> Texts(this JsonObject data, string name) =>
        data[name] is JsonArray array ? [.. array.OfType<JsonValue>().Select(v => v.TryGetValue(out string? text) ? text : null).OfType<string>()] : [];
}

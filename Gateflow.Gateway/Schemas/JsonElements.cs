using System.Text.Json;

namespace Gateflow.Gateway.Schemas;

/// <summary>Members of JSON of which nothing is known for sure.</summary>
internal static class JsonElements
{
    /// <summary>A member of an object; null when it is none or has none.</summary>
    public static JsonElement? Member(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : null;

    /// <summary>A member that is a text, else null.</summary>
    public static string? Text(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>The items of a member that is a list; none when it is not.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}

using System.Text.Json;

namespace Gateflow.Simulator.Answers;

/// <summary>What providers demand of schemas that they enforce while they write.</summary>
internal static class StrictSchema
{
    private const int Deepest = 32;

    /// <summary>Path of the first object that does not say <c>additionalProperties: false</c>; empty at the top, null when all do.</summary>
    public static string? OpenObject(JsonElement schema) => First(schema, "", 0, static here =>
        IsObject(here) && !(here.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False));

    /// <summary>Path of the first object that has an optional property; null when all properties are required.</summary>
    public static string? OptionalProperty(JsonElement schema) => First(schema, "", 0, static here =>
        IsObject(here) && here.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
        && properties.EnumerateObject().Any(property => !(here.TryGetProperty("required", out var required)
            && required.ValueKind == JsonValueKind.Array
            && required.EnumerateArray().Any(name => name.ValueKind == JsonValueKind.String && name.ValueEquals(property.Name)))));

    private static bool IsObject(JsonElement schema) =>
        schema.TryGetProperty("type", out var type)
            ? type.ValueKind == JsonValueKind.String ? type.ValueEquals("object")
                : type.ValueKind == JsonValueKind.Array && type.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals("object"))
            : schema.TryGetProperty("properties", out _);

    private static string? First(JsonElement schema, string path, int depth, Func<JsonElement, bool> fails)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest)
        {
            return null;
        }

        return fails(schema) ? path : Inner(schema, path)
            .Select(inner => First(inner.Schema, inner.Path, depth + 1, fails))
            .FirstOrDefault(found => found is not null);
    }

    private static IEnumerable<(JsonElement Schema, string Path)> Inner(JsonElement schema, string path)
    {
        foreach (var name in (string[])["properties", "$defs", "definitions"])
        {
            if (schema.TryGetProperty(name, out var members) && members.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in members.EnumerateObject())
                {
                    yield return (member.Value, $"{path}/{name}/{member.Name}");
                }
            }
        }

        if (schema.TryGetProperty("items", out var items))
        {
            yield return (items, $"{path}/items");
        }

        foreach (var name in (string[])["anyOf", "oneOf", "allOf"])
        {
            if (schema.TryGetProperty(name, out var branches) && branches.ValueKind == JsonValueKind.Array)
            {
                foreach (var (index, branch) in branches.EnumerateArray().Index())
                {
                    yield return (branch, $"{path}/{name}/{index}");
                }
            }
        }
    }
}

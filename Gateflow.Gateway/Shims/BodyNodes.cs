using System.Text.Json.Nodes;

namespace Gateflow.Gateway.Shims;

/// <summary>What stands in a body, if it is of the kind that is looked for.</summary>
internal static class BodyNodes
{
    /// <summary>The text; null for anything else.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The objects of an array; none for anything else.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? node) => (node as JsonArray)?.OfType<JsonObject>() ?? [];
}

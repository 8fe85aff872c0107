using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Schemas;

/// <summary>The schema of a tool's parameters for providers that demand a type at its root; callers may leave it out, as it can only be an object.</summary>
internal static class ToolSchema
{
    private const string Type = "type";

    /// <param name="parameters">As the caller wrote it, an object; null for a tool without any.</param>
    public static JsonObject Of(JsonElement? parameters)
    {
        if (parameters is { } given && given.TryGetProperty(Type, out _))
        {
            return JsonObject.Create(given)!;
        }

        var schema = new JsonObject { [Type] = "object" };
        foreach (var member in parameters?.EnumerateObject() ?? default)
        {
            schema[member.Name] = JsonMembers.Node(member.Value);
        }

        return schema;
    }

    /// <summary>The same for a schema that is enforced.</summary>
    public static JsonNode? Of(EnforcedSchema enforced)
    {
        if (enforced.Json is JsonObject schema && !schema.ContainsKey(Type))
        {
            schema.Insert(0, Type, "object");
        }

        return enforced.Json;
    }
}

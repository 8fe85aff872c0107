using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Schemas;

/// <summary>The schema of a tool's parameters for providers that demand a type at its root; callers may leave it out, as it can only be an object.</summary>
internal static class ToolSchema
{
    private const string Type = "type", Properties = "properties";

    /// <param name="parameters">As the caller wrote it, an object; null for a tool without any.</param>
    public static JsonObject Of(JsonElement? parameters) =>
        parameters is { } given && given.TryGetProperty(Type, out _) ? JsonObject.Create(given)! : OfObject(parameters);

    /// <summary>The same for OpenAI, which demands properties of an object, too; tools without arguments often have none.</summary>
    public static JsonObject WithProperties(JsonElement parameters)
    {
        var isOther = parameters.TryGetProperty(Type, out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("object"));
        if (isOther || (parameters.TryGetProperty(Properties, out var properties) && properties.ValueKind != JsonValueKind.Null))
        {
            return Of(parameters);
        }

        var schema = OfObject(parameters);
        schema[Properties] = new JsonObject();
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

    private static JsonObject OfObject(JsonElement? parameters)
    {
        var schema = new JsonObject { [Type] = "object" };
        foreach (var member in parameters?.EnumerateObject() ?? default)
        {
            schema[member.Name] = JsonMembers.Node(member.Value);
        }

        return schema;
    }
}

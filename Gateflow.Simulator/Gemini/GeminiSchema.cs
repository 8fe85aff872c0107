using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <summary>Google's own schema type: a part of OpenAPI's, with types in capitals. What JSON Schema has beyond it is an unknown name.</summary>
internal static class GeminiSchema
{
    private const int Deepest = 32;

    private static readonly string[] Known =
    [
        "anyOf", "default", "description", "enum", "example", "format", "items", "maxItems", "maxLength", "maxProperties", "maximum",
        "minItems", "minLength", "minProperties", "minimum", "nullable", "pattern", "properties", "propertyOrdering", "required", "title", "type",
    ];

    private static readonly string[] AtVertex = [.. Known, "additionalProperties", "defs", "ref"];

    private static readonly string[] Types = ["TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

    public static void Check(Fields schema, bool vertex, int depth = 0)
    {
        if (depth > Deepest)
        {
            schema.Fail($"* GenerateContentRequest.{schema.Path}: exceeds the maximum allowed nesting depth");
            return;
        }

        schema.Allow(vertex ? AtVertex : Known);
        if (schema.Text("type") is { } type && !Types.Contains(type.ToUpperInvariant()))
        {
            schema.OneOf("type", Types);
        }

        schema.Texts("enum");
        schema.Texts("required");
        if (schema.Object("items") is { } items)
        {
            Check(items, vertex, depth + 1);
        }

        foreach (var branch in schema.Objects("anyOf"))
        {
            Check(branch, vertex, depth + 1);
        }

        if (schema.Object("properties") is { } properties)
        {
            foreach (var property in properties.Json.EnumerateObject())
            {
                if (properties.Object(property.Name) is { } inner)
                {
                    Check(inner, vertex, depth + 1);
                }
            }
        }
    }

    /// <summary>As JSON Schema, with types in small letters.</summary>
    public static JsonElement Plain(JsonElement schema) => JsonSerializer.SerializeToElement(Plain(JsonNode.Parse(schema.GetRawText())));

    private static JsonNode? Plain(JsonNode? node)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }

        if (schema["type"] is JsonValue type && type.TryGetValue<string>(out var name))
        {
            schema["type"] = name.ToLowerInvariant();
        }

        Plain(schema["items"]);
        foreach (var branch in schema["anyOf"] as System.Text.Json.Nodes.JsonArray ?? [])
        {
            Plain(branch);
        }

        foreach (var property in schema["properties"] as JsonObject ?? [])
        {
            Plain(property.Value);
        }

        return schema;
    }
}

using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Gateway.Translation;

/// <summary>
/// A JSON schema whose objects have the listed properties only, as Anthropic and Bedrock demand. What is valid against it is valid against the original one. There is
/// none where properties of any name are wanted.
/// </summary>
internal sealed class ClosedSchema
{
    private static readonly FrozenSet<string> Maps = FrozenSet.ToFrozenSet(["properties", "$defs", "definitions"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> Lists = FrozenSet.ToFrozenSet(["anyOf", "allOf", "oneOf", "prefixItems"], StringComparer.Ordinal);

    private bool _changed;
    private bool _open;

    /// <param name="changed">Whether an object was closed that was not.</param>
    /// <returns>Null when the schema cannot be closed.</returns>
    public static JsonNode? Of(JsonElement schema, out bool changed)
    {
        var closing = new ClosedSchema();
        var closed = closing.Close(schema);
        changed = closing._changed;
        return closing._open ? null : closed;
    }

    private JsonNode? Close(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return JsonMembers.Node(schema);
        }

        var json = new JsonObject();
        foreach (var member in schema.EnumerateObject())
        {
            json[member.Name] = CloseMember(member);
        }

        CheckProperties(json);
        return json;
    }

    private JsonNode? CloseMember(JsonProperty member)
    {
        if (Maps.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.Object)
        {
            var map = new JsonObject();
            foreach (var inner in member.Value.EnumerateObject())
            {
                map[inner.Name] = Close(inner.Value);
            }

            return map;
        }

        return Lists.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.Array
            ? new JsonArray([.. member.Value.EnumerateArray().Select(Close)])
            : member.Name == "items" ? Close(member.Value) : JsonMembers.Node(member.Value);
    }

    private void CheckProperties(JsonObject schema)
    {
        if (schema["additionalProperties"] is { } more)
        {
            _open |= more.GetValueKind() != JsonValueKind.False;
        }
        else if (schema["properties"] is JsonObject)
        {
            schema["additionalProperties"] = false;
            _changed = true;
        }
        else
        {
            _open |= schema["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String && type.GetValue<string>() == "object";
        }
    }
}

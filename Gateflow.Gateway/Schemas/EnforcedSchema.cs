using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Schemas;

/// <summary>
/// A JSON schema as Anthropic and Bedrock enforce them. Objects have the listed properties only: what is valid against such a one is valid against the original. Limits that
/// they refuse (a least number, a longest text …) are told in the description instead, as Anthropic's own clients do it; the model keeps to them as a rule, and the gateway
/// still checks answers against the caller's schema. Source: Anthropic's "structured outputs" (JSON schema limitations).
/// </summary>
internal sealed class EnforcedSchema
{
    private const string MinItems = "minItems";

    private static readonly FrozenSet<string> Maps = FrozenSet.ToFrozenSet(["properties", "$defs", "definitions"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> Lists = FrozenSet.ToFrozenSet(["anyOf", "allOf", "oneOf", "prefixItems"], StringComparer.Ordinal);

    private bool _open;

    private EnforcedSchema()
    {
    }

    /// <summary>Limits that are refused wherever a schema is enforced; <c>minItems</c> above 1 is, too.</summary>
    public static IReadOnlyList<string> Limits { get; } =
    [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems", "uniqueItems", "minProperties",
        "maxProperties",
    ];

    /// <summary>The schema as it is enforced.</summary>
    public JsonNode? Json { get; private set; }

    /// <summary>Whether an object was closed that was not.</summary>
    public bool Closed { get; private set; }

    /// <summary>Whether a limit became a description.</summary>
    public bool Described { get; private set; }

    /// <returns>Null when it cannot be enforced: where properties of any name are wanted, and where it refers to itself or to another document.</returns>
    public static EnforcedSchema? Of(JsonElement schema)
    {
        var shape = SchemaShape.Of(schema);
        var enforced = new EnforcedSchema();
        enforced.Json = enforced.Enforce(schema);
        return enforced._open || shape.IsRecursive || shape.RefersOutside ? null : enforced;
    }

    /// <summary>Notes what was changed.</summary>
    /// <param name="param">Where the schema stands in the request.</param>
    public void Tell(ShimNotes notes, string param)
    {
        if (Closed)
        {
            notes.Mapped(param, "closed objects");
        }

        if (Described)
        {
            notes.Mapped(param, "limits as description");
        }
    }

    private JsonNode? Enforce(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return JsonMembers.Node(schema);
        }

        var json = new JsonObject();
        List<string> limits = [];
        foreach (var member in schema.EnumerateObject())
        {
            if (IsRefused(member))
            {
                limits.Add($"{member.Name}: {member.Value.GetRawText()}");
            }
            else
            {
                json[member.Name] = EnforceMember(member);
            }
        }

        if (limits.Count > 0)
        {
            Described = true;
            var before = json["description"] is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() + " " : "";
            json["description"] = $"{before}({string.Join(", ", limits)})";
        }

        CheckProperties(json);
        return json;
    }

    private static bool IsRefused(JsonProperty member) =>
        Limits.Contains(member.Name) || (member.Name == MinItems && !(member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var least) && least is 0 or 1));

    private JsonNode? EnforceMember(JsonProperty member)
    {
        if (Maps.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.Object)
        {
            var map = new JsonObject();
            foreach (var inner in member.Value.EnumerateObject())
            {
                map[inner.Name] = Enforce(inner.Value);
            }

            return map;
        }

        return Lists.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.Array
            ? new JsonArray([.. member.Value.EnumerateArray().Select(Enforce)])
            : member.Name == "items" ? Enforce(member.Value) : JsonMembers.Node(member.Value);
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
            Closed = true;
        }
        else
        {
            _open |= schema["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String && type.GetValue<string>() == "object";
        }
    }
}

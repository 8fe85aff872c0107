using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Schemas;

/// <summary>
/// A JSON schema as Anthropic and Bedrock enforce them. Objects have the listed properties only: what is valid against such a one is valid against the original. Limits that
/// they refuse (a least number, a longest text …) are told in the description instead, as Anthropic's own clients do it; the model keeps to them as a rule, and the gateway
/// still checks answers against the caller's schema, as it does where alternatives may overlap that must not. Source: Anthropic's "structured outputs" (JSON schema limitations).
/// </summary>
internal sealed class EnforcedSchema
{
    private const string MinItems = "minItems", AnyOf = "anyOf", OneOf = "oneOf";

    private static readonly FrozenSet<string> Maps = FrozenSet.ToFrozenSet(["properties", "$defs", "definitions"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> Lists = FrozenSet.ToFrozenSet([AnyOf, "allOf", OneOf, "prefixItems"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> LeftOut = FrozenSet.ToFrozenSet(["discriminator", "propertyNames"], StringComparer.Ordinal);

    /// <summary>Without them another schema would be enforced.</summary>
    private static readonly FrozenSet<string> Unenforceable = FrozenSet.ToFrozenSet(
        ["not", "if", "then", "else", "patternProperties", "dependentRequired", "dependentSchemas", "contains", "unevaluatedProperties"], StringComparer.Ordinal);

    private readonly SortedSet<string> _leftOut = new(StringComparer.Ordinal);

    private bool _unenforceable;

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

    /// <summary>Whether <c>oneOf</c> became <c>anyOf</c>.</summary>
    public bool United { get; private set; }

    /// <summary>Schemas in it that take several types, by <c>anyOf</c> or an array of types.</summary>
    public int Unions { get; private set; }

    /// <summary>Properties in it that need not be there.</summary>
    public int Optional { get; private set; }

    /// <returns>
    /// Null when it cannot be enforced: where properties of any name are wanted, where it refers to itself or to another document, where a keyword that counts cannot be said (<c>not</c>,
    /// <c>if</c> …), and where its types allow none of its values.
    /// </returns>
    public static EnforcedSchema? Of(JsonElement schema)
    {
        var shape = SchemaShape.Of(schema);
        var enforced = new EnforcedSchema();
        enforced.Json = enforced.Enforce(schema);
        return enforced._unenforceable || shape.IsRecursive || shape.RefersOutside ? null : enforced;
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

        if (United)
        {
            notes.Mapped(param, "oneOf as anyOf");
        }

        foreach (var keyword in _leftOut)
        {
            notes.Dropped($"{param}.{keyword}");
        }
    }

    private JsonNode? Enforce(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return JsonMembers.Node(schema);
        }

        var json = new JsonObject();
        var typed = TypedValues.Of(schema);
        List<string> limits = [];
        foreach (var member in schema.EnumerateObject())
        {
            if (IsRefused(member))
            {
                limits.Add($"{member.Name}: {member.Value.GetRawText()}");
            }
            else if (typed is null || !TypedValues.Writes(member.Name))
            {
                Set(json, member);
            }
        }

        if (typed is [var one])
        {
            one.Write(json);
        }
        else if (typed is not null)
        {
            SetUnion(json, new JsonArray([.. typed.Select(static values => values.Write([]))]));
        }

        if (limits.Count > 0)
        {
            Described = true;
            var before = json["description"] is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() + " " : "";
            json["description"] = $"{before}({string.Join(", ", limits)})";
        }

        CheckProperties(json);
        Count(json, schema);
        return json;
    }

    private static bool IsRefused(JsonProperty member) =>
        Limits.Contains(member.Name) || (member.Name == MinItems && !(member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var least) && least is 0 or 1));

    private void Set(JsonObject json, JsonProperty member)
    {
        if (LeftOut.Contains(member.Name))
        {
            _leftOut.Add(member.Name);
            return;
        }

        _unenforceable |= Unenforceable.Contains(member.Name);
        United |= member.Name == OneOf;
        if (member.Name is AnyOf or OneOf)
        {
            SetUnion(json, EnforceMember(member));
        }
        else
        {
            json[member.Name] = EnforceMember(member);
        }
    }

    /// <summary>A second union would have to hold as well, and there is one <c>anyOf</c> only; one of nothing allows no value.</summary>
    private void SetUnion(JsonObject json, JsonNode? branches)
    {
        _unenforceable |= json.ContainsKey(AnyOf) || branches is JsonArray { Count: 0 };
        json[AnyOf] = branches;
    }

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
            _unenforceable |= more.GetValueKind() != JsonValueKind.False;
        }
        else if (schema["properties"] is JsonObject)
        {
            schema["additionalProperties"] = false;
            Closed = true;
        }
        else
        {
            _unenforceable |= schema["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String && type.GetValue<string>() == "object";
        }
    }

    private void Count(JsonObject json, JsonElement schema)
    {
        if (json.ContainsKey(AnyOf) || json["type"] is JsonArray)
        {
            Unions++;
        }

        if (json["properties"] is JsonObject properties)
        {
            var required = schema.Items("required").Where(static name => name.ValueKind == JsonValueKind.String).Select(static name => name.GetString()!).ToHashSet(StringComparer.Ordinal);
            Optional += properties.Count(property => !required.Contains(property.Key));
        }
    }
}

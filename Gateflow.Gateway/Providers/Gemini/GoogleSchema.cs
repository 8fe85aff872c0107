using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>
/// Writes a JSON schema with the keywords that Google obeys. <c>const</c> becomes an enum of one, <c>definitions</c> <c>$defs</c>, and the branches
/// of <c>allOf</c> join the schema that they stand in, which prevails where they contradict; a constraint that is left out is noted, an annotation is not.
/// </summary>
internal static class GoogleSchema
{
    private const string AllOf = "allOf";

    /// <summary>Taken as they are.</summary>
    private static readonly FrozenSet<string> Plain = FrozenSet.ToFrozenSet(
        ["$id", "$anchor", "type", "format", "title", "description", "enum", "minItems", "maxItems", "minimum", "maximum", "required", "propertyOrdering"],
        StringComparer.Ordinal);

    /// <summary>Whose value is a schema, or an array of them.</summary>
    private static readonly FrozenSet<string> Nested = FrozenSet.ToFrozenSet(
        ["items", "prefixItems", "anyOf", "oneOf", "additionalProperties"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Annotations = FrozenSet.ToFrozenSet(
        ["$schema", "$comment", "default", "example", "examples", "deprecated", "readOnly", "writeOnly"], StringComparer.Ordinal);

    /// <summary>Constraints that Google ignores and that are noted by name; any other is noted without its name, which is the caller's text.</summary>
    private static readonly FrozenSet<string> Ignored = FrozenSet.ToFrozenSet(
        [
            "pattern", "minLength", "maxLength", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems", "contains", "minContains",
            "maxContains", "minProperties", "maxProperties", "patternProperties", "propertyNames", "dependentRequired", "dependentSchemas",
            "unevaluatedProperties", "unevaluatedItems", "not", "if", "then", "else", "nullable", "discriminator",
        ],
        StringComparer.Ordinal);

    /// <param name="schema">An object.</param>
    /// <param name="path">Where it stands, for notes.</param>
    public static JsonObject Write(JsonElement schema, string path, ShimNotes notes)
    {
        var json = new JsonObject();
        foreach (var keyword in schema.EnumerateObject().OrderBy(static keyword => keyword.Name == AllOf))
        {
            Add(json, keyword.Name, keyword.Value, path, notes);
        }

        return json;
    }

    private static void Add(JsonObject json, string name, JsonElement value, string path, ShimNotes notes)
    {
        if (Plain.Contains(name))
        {
            json[name] = JsonMembers.Node(value);
        }
        else if (Nested.Contains(name))
        {
            json[name] = WriteNested(value, path, notes);
        }
        else if (!Annotations.Contains(name) && !TryTranslate(json, name, value, path, notes))
        {
            notes.Dropped(Ignored.Contains(name) ? $"{path}.{name}" : $"{path}.*");
        }
    }

    /// <summary>Keywords that Google knows in another form.</summary>
    private static bool TryTranslate(JsonObject json, string name, JsonElement value, string path, ShimNotes notes)
    {
        switch (name)
        {
            case "const":
                json["enum"] = new JsonArray(JsonMembers.Node(value));
                return true;
            case "$ref" when value.ValueKind == JsonValueKind.String:
                json[name] = value.GetString()!.Replace("#/definitions/", "#/$defs/", StringComparison.Ordinal);
                return true;
            case "properties" or "$defs" or "definitions" when value.ValueKind == JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in value.EnumerateObject())
                {
                    members[member.Name] = WriteNested(member.Value, path, notes);
                }

                return TryUnite(json, new JsonObject { [name == "definitions" ? "$defs" : name] = members });
            case AllOf when value.ValueKind == JsonValueKind.Array:
                return TryMerge(json, value, path, notes);
            default:
                return false;
        }
    }

    private static bool TryMerge(JsonObject json, JsonElement branches, string path, ShimNotes notes)
    {
        var whole = true;
        foreach (var branch in branches.EnumerateArray().Where(static branch => branch.ValueKind == JsonValueKind.Object))
        {
            whole &= TryUnite(json, Write(branch, path, notes));
        }

        return whole;
    }

    /// <summary>Moves what is said in <paramref name="more"/>; what contradicts is left out.</summary>
    /// <returns>Whether nothing was.</returns>
    private static bool TryUnite(JsonObject json, JsonObject more)
    {
        var whole = true;
        KeyValuePair<string, JsonNode?>[] members = [.. more];
        more.Clear();
        foreach (var (name, value) in members)
        {
            if (!json.TryGetPropertyValue(name, out var known))
            {
                json[name] = value;
            }
            else if (known is JsonObject inner && value is JsonObject added)
            {
                whole &= TryUnite(inner, added);
            }
            else if (name == "required" && known is JsonArray required && value is JsonArray others)
            {
                Require(required, others);
            }
            else
            {
                whole &= JsonNode.DeepEquals(known, value);
            }
        }

        return whole;
    }

    private static void Require(JsonArray required, JsonArray others)
    {
        foreach (var name in others.Where(name => !required.Any(known => JsonNode.DeepEquals(known, name))))
        {
            required.Add(name?.DeepClone());
        }
    }

    /// <summary>A schema, several, or true and false, which are schemas too.</summary>
    private static JsonNode? WriteNested(JsonElement value, string path, ShimNotes notes) => value.ValueKind switch
    {
        JsonValueKind.Object => Write(value, path, notes),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => WriteNested(item, path, notes))]),
        _ => JsonMembers.Node(value),
    };
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Schemas;

/// <summary>The values of one type among those that a schema of several types lists; Anthropic refuses such a list beside an array of types.</summary>
/// <param name="Values">One at least.</param>
internal sealed record TypedValues(string Type, List<JsonElement> Values)
{
    private const string Null = "null";

    /// <param name="schema">An object.</param>
    /// <returns>Null where it has no array of types or lists no values. A type without a value is left out, and a value without a type.</returns>
    public static List<TypedValues>? Of(JsonElement schema)
    {
        if (schema.Find("type") is not { ValueKind: JsonValueKind.Array } types)
        {
            return null;
        }

        var values = schema.TryGetProperty("const", out var only) ? [only] : schema.Items("enum").ToList();
        if (values.Count == 0)
        {
            return null;
        }

        var names = types.EnumerateArray().Where(static type => type.ValueKind == JsonValueKind.String).Select(static type => type.GetString()!).ToList();
        return [.. values.GroupBy(value => names.Find(name => IsOf(name, value))).Where(static group => group.Key is not null).Select(static group => new TypedValues(group.Key!, [.. group]))];
    }

    /// <summary>Whether <see cref="Write"/> says what the keyword of the original schema says.</summary>
    public static bool Writes(string keyword) => keyword is "type" or "enum" or "const";

    /// <returns>The given schema, with the type and its values. Null is the only value of its type and is not listed.</returns>
    public JsonObject Write(JsonObject schema)
    {
        schema["type"] = Type;
        if (Type != Null)
        {
            schema["enum"] = new JsonArray([.. Values.Select(JsonMembers.Node)]);
        }

        return schema;
    }

    private static bool IsOf(string type, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => type == Null,
        JsonValueKind.String => type == "string",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Number => type == "number" || (type == "integer" && value.TryGetDecimal(out var number) && decimal.IsInteger(number)),
        JsonValueKind.Array => type == "array",
        _ => type == "object",
    };
}

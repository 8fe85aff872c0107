using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateflow.Simulator.Answers;

/// <summary>
/// JSON that satisfies a schema in the cases that tools and structured output use: types, enum, const, properties, items with
/// their counts, numeric and length limits, formats, <c>anyOf/oneOf/allOf</c> (the first branch; allOf: all) and local <c>$ref</c>.
/// Patterns are not honoured.
/// </summary>
internal sealed class SchemaJson
{
    private const int DeepestOptional = 5;
    private const int Deepest = 32;

    private readonly JsonElement _root;
    private readonly Sequence _sequence;
    private readonly Utf8JsonWriter _writer;

    private SchemaJson(JsonElement root, ulong seed, Utf8JsonWriter writer) =>
        (_root, _sequence, _writer) = (root, new Sequence(seed), writer);

    public static string Write(JsonElement? schema, ulong seed)
    {
        if (schema is not { ValueKind: JsonValueKind.Object } root)
        {
            return "{}";
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, SimulatorJson.Writer))
        {
            new SchemaJson(root, seed, writer).Value(root, "value", 0);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Value(JsonElement schema, string name, int depth)
    {
        schema = Followed(schema);
        if (depth > Deepest || schema.ValueKind != JsonValueKind.Object)
        {
            _writer.WriteNullValue();
        }
        else if (schema.TryGetProperty("const", out var constant))
        {
            constant.WriteTo(_writer);
        }
        else if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
        {
            values[_sequence.Below(values.GetArrayLength())].WriteTo(_writer);
        }
        else if (Branch(schema, depth) is { } branch)
        {
            Value(branch, name, depth + 1);
        }
        else
        {
            Typed(schema, name, depth);
        }
    }

    private void Typed(JsonElement schema, string name, int depth)
    {
        switch (TypeOf(schema, depth))
        {
            case "object":
                Object(schema, depth);
                break;
            case "array":
                Array(schema, name, depth);
                break;
            case "integer":
                _writer.WriteNumberValue((long)SchemaNumbers.Pick(schema, _sequence, whole: true));
                break;
            case "number":
                _writer.WriteNumberValue(SchemaNumbers.Pick(schema, _sequence, whole: false));
                break;
            case "boolean":
                _writer.WriteBooleanValue(_sequence.Below(2) == 1);
                break;
            case "null":
                _writer.WriteNullValue();
                break;
            default:
                _writer.WriteStringValue(SchemaStrings.Pick(schema, name, _sequence));
                break;
        }
    }

    private void Object(JsonElement schema, int depth)
    {
        _writer.WriteStartObject();
        var written = new HashSet<string>(StringComparer.Ordinal);
        Properties(schema, depth, written);
        if (schema.TryGetProperty("allOf", out var all) && all.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in all.EnumerateArray())
            {
                Properties(Followed(part), depth, written);
            }
        }

        _writer.WriteEndObject();
    }

    private void Properties(JsonElement schema, int depth, HashSet<string> written)
    {
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        foreach (var property in properties.EnumerateObject())
        {
            // Recursive schemas end where their optional parts are left out.
            if ((depth < DeepestOptional || required.Contains(property.Name)) && written.Add(property.Name))
            {
                _writer.WritePropertyName(property.Name);
                Value(property.Value, property.Name, depth + 1);
            }
        }
    }

    private void Array(JsonElement schema, string name, int depth)
    {
        var least = Count(schema, "minItems") ?? 0;
        var most = Count(schema, "maxItems") ?? Math.Max(least, 2);
        var count = depth >= DeepestOptional ? least : Math.Clamp(2, least, Math.Max(least, most));
        _writer.WriteStartArray();
        for (var item = 0; item < count; item++)
        {
            if (schema.TryGetProperty("items", out var items))
            {
                Value(items, name, depth + 1);
            }
            else
            {
                _writer.WriteStringValue(SchemaStrings.Pick(schema, name, _sequence));
            }
        }

        _writer.WriteEndArray();
    }

    private static JsonElement? Branch(JsonElement schema, int depth)
    {
        foreach (var keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(keyword, out var branches) && branches.ValueKind == JsonValueKind.Array && branches.GetArrayLength() > 0)
            {
                var last = branches.GetArrayLength() - 1;
                return branches[depth >= DeepestOptional ? last : 0];
            }
        }

        return !schema.TryGetProperty("properties", out _)
            && schema.TryGetProperty("allOf", out var all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() == 1
                ? all[0]
                : null;
    }

    private static string TypeOf(JsonElement schema, int depth)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) || schema.TryGetProperty("allOf", out _) ? "object"
                : schema.TryGetProperty("items", out _) ? "array"
                : "string";
        }

        if (type.ValueKind != JsonValueKind.Array)
        {
            return type.ValueKind == JsonValueKind.String ? type.GetString()! : "string";
        }

        var types = type.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).ToList();
        return depth >= DeepestOptional && types.Contains("null") ? "null" : types.Find(item => item != "null") ?? "null";
    }

    private JsonElement Followed(JsonElement schema)
    {
        for (var hop = 0; hop < Deepest && schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference); hop++)
        {
            var target = _root;
            var parts = reference.ValueKind == JsonValueKind.String ? reference.GetString()!.Split('/') : [];
            foreach (var part in parts.Skip(1))
            {
                if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(part, out target))
                {
                    return default;
                }
            }

            schema = target;
        }

        return schema;
    }

    private static int? Count(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? Math.Clamp(count, 0, 100) : null;
}

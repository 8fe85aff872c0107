using System.Collections.Frozen;
using System.Text.Json;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Schemas;

/// <summary>What providers' rules ask about a JSON schema, gathered in one walk over it.</summary>
internal sealed class SchemaShape
{
    private static readonly FrozenSet<string> Maps = FrozenSet.ToFrozenSet(["properties", "$defs", "definitions", "patternProperties"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> Lists = FrozenSet.ToFrozenSet(["anyOf", "allOf", "oneOf", "prefixItems"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> Singles = FrozenSet.ToFrozenSet(
        ["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"], StringComparer.Ordinal);

    private readonly HashSet<string> _keywords = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _refs = new(StringComparer.Ordinal);

    private SchemaShape(JsonElement root)
    {
        IsObject = HasType(root, "object");
        IsEmpty = root.ValueKind == JsonValueKind.Object && !root.EnumerateObject().Any();
        Root = root.ValueKind == JsonValueKind.Object ? [.. root.EnumerateObject().Select(static member => member.Name)] : [];
        TopProperties = root.Find("properties") is { ValueKind: JsonValueKind.Object } properties ? [.. properties.EnumerateObject().Select(static p => p.Name)] : [];
        Walk(root, "#", 0);
    }

    /// <summary>The root's type is object.</summary>
    public bool IsObject { get; }

    public bool IsEmpty { get; }

    /// <summary>Keywords of the root.</summary>
    public IReadOnlyCollection<string> Root { get; }

    /// <summary>The names of the root's properties.</summary>
    public IReadOnlyCollection<string> TopProperties { get; }

    /// <summary>Keywords anywhere; names of properties are none.</summary>
    public IReadOnlySet<string> Keywords => _keywords;

    /// <summary>An object that is not closed by <c>additionalProperties: false</c>.</summary>
    public bool HasOpenObject { get; private set; }

    /// <summary>A property that is not required.</summary>
    public bool HasOptional { get; private set; }

    public bool HasArrayWithoutItems { get; private set; }

    /// <summary>A <c>minItems</c> other than 0 and 1.</summary>
    public bool HasMinItems { get; private set; }

    /// <summary>A reference to another document.</summary>
    public bool RefersOutside { get; private set; }

    /// <summary>Objects within objects, the outermost included.</summary>
    public int Depth { get; private set; }

    public int Properties { get; private set; }

    public int EnumValues { get; private set; }

    /// <summary>A definition that leads back to itself.</summary>
    public bool IsRecursive => _refs.Keys.Any(start => Reaches(start, start, new HashSet<string>(StringComparer.Ordinal)));

    public static SchemaShape Of(JsonElement schema) => new(schema);

    private void Walk(JsonElement schema, string definition, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var properties = schema.Find("properties") is { ValueKind: JsonValueKind.Object } given ? given : default(JsonElement?);
        if (properties is not null || HasType(schema, "object"))
        {
            depth++;
            Depth = Math.Max(Depth, depth);
            HasOpenObject |= schema.Find("additionalProperties") is not { ValueKind: JsonValueKind.False };
            var required = schema.Items("required").Where(static name => name.ValueKind == JsonValueKind.String).Select(static name => name.GetString()!).ToHashSet(StringComparer.Ordinal);
            foreach (var property in properties?.EnumerateObject() ?? default)
            {
                Properties++;
                HasOptional |= !required.Contains(property.Name);
            }
        }

        HasArrayWithoutItems |= HasType(schema, "array") && schema.Find("items") is null && schema.Find("prefixItems") is null;
        foreach (var keyword in schema.EnumerateObject())
        {
            _keywords.Add(keyword.Name);
            Follow(keyword, definition, depth);
        }
    }

    private void Follow(JsonProperty keyword, string definition, int depth)
    {
        var (name, value) = (keyword.Name, keyword.Value);
        if (Maps.Contains(name) && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var inner in value.EnumerateObject())
            {
                var isDefinition = name is "$defs" or "definitions";
                Walk(inner.Value, isDefinition ? $"#/{name}/{inner.Name}" : definition, isDefinition ? 0 : depth);
            }
        }
        else if (Lists.Contains(name) && value.ValueKind == JsonValueKind.Array)
        {
            foreach (var branch in value.EnumerateArray())
            {
                Walk(branch, definition, depth);
            }
        }
        else if (Singles.Contains(name))
        {
            Walk(value, definition, depth);
        }
        else if (name == "$ref" && value.ValueKind == JsonValueKind.String)
        {
            Refer(definition, value.GetString()!);
        }
        else if (name == "enum" && value.ValueKind == JsonValueKind.Array)
        {
            EnumValues += value.GetArrayLength();
        }
        else if (name == "minItems")
        {
            HasMinItems |= !(value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var least) && least is 0 or 1);
        }
    }

    private void Refer(string from, string to)
    {
        RefersOutside |= !to.StartsWith('#');
        if (!_refs.TryGetValue(from, out var known))
        {
            _refs[from] = known = new HashSet<string>(StringComparer.Ordinal);
        }

        known.Add(to);
    }

    private bool Reaches(string from, string goal, HashSet<string> seen) =>
        _refs.TryGetValue(from, out var next) && next.Any(to => to == goal || (seen.Add(to) && Reaches(to, goal, seen)));

    private static bool HasType(JsonElement schema, string type) => schema.Find("type") switch
    {
        { ValueKind: JsonValueKind.String } one => one.ValueEquals(type),
        { ValueKind: JsonValueKind.Array } several => several.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals(type)),
        _ => false,
    };
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Gateflow.Gateway.Quality;

/// <summary>
/// Holds JSON against callers' schemas (JSON Schema 2020-12, by JsonSchema.Net). Compiled schemas are kept by their hash. Not thread-safe: the one reader of
/// <see cref="FormatChecks"/> owns it.
/// </summary>
internal sealed class SchemaCheck
{
    private const int MostSchemas = 256;

    private static readonly Dialect Dialect = Dialect.Draft202012.With([new LinearPattern(), new CountedRef()], new Uri("urn:gateflow:answer"), null, true);
    private static readonly EvaluationOptions Flag = new() { OutputFormat = OutputFormat.Flag };

    private readonly Dictionary<string, Compiled> _compiled = new(StringComparer.Ordinal);

    /// <summary>Schemas that are kept compiled.</summary>
    public int Count => _compiled.Count;

    /// <summary>Whether <paramref name="json"/> is valid under the schema; null when the schema is refused, faulty or too costly.</summary>
    public bool? IsValid(JsonElement schema, JsonElement json)
    {
        try
        {
            var compiled = Find(schema);
            if (compiled.Schema is null)
            {
                return null;
            }

            SchemaLimits.Check(compiled.Size!, Values(json));
            CountedRef.Begin();
            return compiled.Schema.Evaluate(json, Flag).IsValid;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return null; // whatever a library makes of a stranger's schema says nothing of the answer
        }
    }

    private Compiled Find(JsonElement schema)
    {
        var text = schema.GetRawText();
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        if (!_compiled.TryGetValue(hash, out var compiled))
        {
            if (_compiled.Count >= MostSchemas)
            {
                _compiled.Clear(); // rare; the schemas in use come back at once
            }

            compiled = _compiled[hash] = Compile(schema, text);
        }

        return compiled;
    }

    private static Compiled Compile(JsonElement schema, string text)
    {
        try
        {
            var size = SchemaLimits.Check(schema);
            var root = JsonNode.Parse(text);
            (root as JsonObject)?.Remove("$schema");
            var registry = new SchemaRegistry { Fetch = static (_, _) => null };
            var options = new BuildOptions { SchemaRegistry = registry, Dialect = Dialect };
            return new Compiled(JsonSchema.Build(JsonSerializer.SerializeToElement(root), options), size);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return new Compiled(null, null);
        }
    }

    private static int Values(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => 1 + json.EnumerateObject().Sum(member => Values(member.Value)),
        JsonValueKind.Array => 1 + json.EnumerateArray().Sum(Values),
        _ => 1,
    };

    /// <param name="Schema">Null for a schema that is not looked at.</param>
    private sealed record Compiled(JsonSchema? Schema, SchemaSize? Size);
}

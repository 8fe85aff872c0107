using System.Text.Json;

namespace Gateflow.Gateway.Quality;

/// <summary>
/// What a caller's schema may be. It is data from outside: nothing is fetched for it, nothing is registered beyond it, and the work that it can cause is
/// bounded before it begins.
/// </summary>
internal static class SchemaLimits
{
    private const int MostValues = 4_000;
    private const int Deepest = 32;
    private const long MostWork = 2_000_000;
    private const long MostCompared = 2_000;

    /// <summary>Counts what a schema holds; throws <see cref="SchemaRefusedException"/> for one that is not looked at.</summary>
    public static SchemaSize Check(JsonElement schema)
    {
        var size = new SchemaSize();
        Walk(schema, 0, size);
        return size;
    }

    /// <summary>Throws when holding a text of so many values against the schema could take too long.</summary>
    public static void Check(SchemaSize schema, int values)
    {
        if ((long)schema.Values * values > MostWork || (schema.ComparesItems && values > MostCompared))
        {
            throw new SchemaRefusedException("The answer is too large for its schema.");
        }
    }

    private static void Walk(JsonElement element, int depth, SchemaSize size)
    {
        if (++size.Values > MostValues || depth > Deepest)
        {
            throw new SchemaRefusedException("The schema is too large.");
        }

        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Walk(item, depth + 1, size);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                Look(member, depth, size);
                Walk(member.Value, depth + 1, size);
            }
        }
    }

    private static void Look(JsonProperty member, int depth, SchemaSize size)
    {
        switch (member.Name)
        {
            case "$ref" when member.Value.ValueKind == JsonValueKind.String && !member.Value.GetString()!.StartsWith('#'):
                throw new SchemaRefusedException("The schema refers to another document.");
            case "$id" or "$dynamicRef" or "$recursiveRef" or "$vocabulary" or "patternProperties":
            case "$schema" when depth > 0: // at the root it is taken out: which draft is meant makes no difference to what models are asked for
                throw new SchemaRefusedException("The schema uses a keyword that is not looked at.");
            case "uniqueItems":
                size.ComparesItems = true;
                break;
        }
    }
}

/// <summary>What a schema amounts to.</summary>
internal sealed class SchemaSize
{
    public int Values { get; set; }

    /// <summary>True when items are compared with each other.</summary>
    public bool ComparesItems { get; set; }
}

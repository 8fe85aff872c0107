using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Quality;

namespace Gateflow.Gateway.Replay;

/// <summary>Holds replayed answers against the schemas that their requests gave. Thread-safe.</summary>
public sealed class DirectFormat
{
    private readonly SchemaCheck _schemas = new();
    private readonly Lock _checking = new();

    /// <summary>
    /// Whether the answer's text is JSON under the schema demanded, or each call's arguments are valid under its tool's: null when the request gave no
    /// schema for what was answered.
    /// </summary>
    public bool? IsValid(JsonObject chat, DirectAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (DemandedFormat.Of(chat) is not { } format || (answer.Calls.Count == 0 && format.Schema() is null))
        {
            return null;
        }

        lock (_checking)
        {
            var valid = FormatChecks.Check(format, Encoding.UTF8.GetBytes(answer.Text), [.. answer.Calls.Select(static c => (c.Name, c.Arguments))], _schemas);
            return double.IsNaN(valid) ? null : valid > 0;
        }
    }

    /// <summary>Whether a text is JSON under a schema; null when the schema is refused, faulty or too costly.</summary>
    public bool? IsValid(JsonElement schema, string text)
    {
        JsonElement json;
        try
        {
            json = JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return false;
        }

        lock (_checking)
        {
            return _schemas.IsValid(schema, json);
        }
    }

    /// <summary>Whether answers can be held against a schema at all.</summary>
    public bool CanUse(JsonElement schema) => IsValid(schema, "null") is not null;
}

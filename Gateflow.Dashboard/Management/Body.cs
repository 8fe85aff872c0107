using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Management;

/// <summary>A request's JSON body, read by hand so that every fault becomes an answer of the contract's shape.</summary>
public sealed class Body
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    private Body(JsonObject? value, Refusal? refusal) => (Value, Refusal) = (value ?? [], refusal);

    public JsonObject Value { get; }

    /// <summary>Why the body could not be read; null when it could.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Reads an object; an empty body counts as an empty object.</summary>
    public static async ValueTask<Body?> BindAsync(HttpContext context)
    {
        try
        {
            using var memory = new MemoryStream();
            await context.Request.Body.CopyToAsync(memory, context.RequestAborted);
            if (memory.Length == 0)
            {
                return new Body(null, null);
            }

            return JsonNode.Parse(memory.ToArray(), null, Strict) is JsonObject value
                ? new Body(value, null)
                : new Body(null, new Refusal(RefusalKind.Malformed, "invalid_json", "The body must be a JSON object."));
        }
        catch (JsonException fault)
        {
            return new Body(null, new Refusal(RefusalKind.Malformed, "invalid_json",
                $"The body is not valid JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine}."));
        }
    }

    /// <summary>The body as a request record, or why it cannot be one.</summary>
    public Result<T> Read<T>()
        where T : class
    {
        if (Refusal is not null)
        {
            return Refusal;
        }

        try
        {
            return Value.Deserialize<T>(JsonColumn.Options) is { } value ? value : new Refusal(RefusalKind.Malformed, "invalid_json", "The body must be a JSON object.");
        }
        catch (JsonException fault)
        {
            var param = fault.Path is { Length: > 2 } path ? path[2..] : "";
            return Gateflow.Core.Migrations.Refusal.Invalid(param, $"{param} has a value of the wrong type.");
        }
    }

    /// <summary>A text field; null when it is missing or no text.</summary>
    public string? Text(string field) => Value[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

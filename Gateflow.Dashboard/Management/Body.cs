using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Gateflow.Core;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Management;

/// <summary>A request's JSON body, read by hand so that every fault becomes an answer of the contract's shape.</summary>
public sealed class Body
{
    private const int Deepest = 32;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Deepest, AllowDuplicateProperties = false };

    private Body(ReadOnlySpan<byte> json)
    {
        Hash = SHA256.HashData(json);
        if (json.IsEmpty)
        {
            return;
        }

        try
        {
            if (FirstBrokenText(json) is { } at)
            {
                Refusal = Malformed($"The body holds a text that is none, at byte {at}: half a surrogate, a NUL, or bytes that are not UTF-8.");
            }
            else if (JsonNode.Parse(json, null, Strict) is JsonObject value)
            {
                Value = value;
            }
            else
            {
                Refusal = Malformed("The body must be a JSON object.");
            }
        }
        catch (JsonException fault)
        {
            Refusal = Malformed(fault.LineNumber is null
                ? $"The body is not valid JSON: {fault.Message}"
                : $"The body is not valid JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine}.");
        }
    }

    public JsonObject Value { get; } = [];

    /// <summary>Why the body could not be read; null when it could.</summary>
    public Refusal? Refusal { get; }

    /// <summary>SHA-256 of the body as it was sent.</summary>
    internal byte[] Hash { get; }

    /// <summary>Reads an object; an empty body counts as an empty object.</summary>
    public static async ValueTask<Body?> BindAsync(HttpContext context)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory, context.RequestAborted);
        return new Body(memory.GetBuffer().AsSpan(0, (int)memory.Length));
    }

    /// <summary>The body as a request record, or every field that it does not have, or the first that cannot be read.</summary>
    public Result<T> Read<T>()
        where T : class
    {
        if (Refusal is not null)
        {
            return Refusal;
        }

        if (RequestJson.Unknown<T>(Value).ToList() is { Count: > 0 } unknown)
        {
            return FieldPatch.Refused(unknown);
        }

        try
        {
            return Value.Deserialize<T>(RequestJson.Options)!;
        }
        catch (JsonException fault)
        {
            var param = RequestJson.ParamOf(fault);
            return Gateflow.Core.Migrations.Refusal.Invalid(param, $"{param} is not known, or has a value of the wrong type.");
        }
    }

    /// <summary>A text field; null when it is missing or no text.</summary>
    public string? Text(string field) => Value[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The parser passes over texts; who reads one that is broken would fail, and some databases keep no NUL.</summary>
    private static long? FirstBrokenText(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return 0;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Deepest });
        while (reader.Read())
        {
            if (reader.ValueIsEscaped && !IsWhole(ref reader))
            {
                return reader.TokenStartIndex;
            }
        }

        return null;
    }

    private static bool IsWhole(ref Utf8JsonReader reader)
    {
        try
        {
            return !reader.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static Refusal Malformed(string message) => new(RefusalKind.Malformed, "invalid_json", message);
}

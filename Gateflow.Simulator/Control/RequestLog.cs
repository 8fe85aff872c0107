using System.Text;
using System.Text.Json;

namespace Gateflow.Simulator.Control;

/// <summary>One request as it arrived. Values of headers that carry credentials are masked.</summary>
internal sealed record ArrivedRequest
{
    public required DateTimeOffset At { get; init; }

    public required string? Model { get; init; }

    public required string Path { get; init; }

    public required bool Stream { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The JSON sent; a JSON string when it was not JSON; absent beyond <see cref="RequestLog.LargestBody"/>.</summary>
    public required JsonElement? Body { get; init; }
}

/// <summary>The last 1000 requests of any protocol.</summary>
internal sealed class RequestLog(SimulatorClock clock)
{
    public const int Capacity = 1000;
    public const int LargestBody = 256 * 1024;

    private static readonly HashSet<string> Secrets = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token", "cookie", "proxy-authorization",
    };

    private readonly Lock _change = new();
    private readonly Queue<Entry> _entries = new(Capacity);

    /// <param name="context">The request.</param>
    /// <param name="body">As it arrived.</param>
    /// <param name="json">The body, if it is JSON.</param>
    /// <param name="model">Null: the body names it.</param>
    /// <param name="stream">Null: the body says so.</param>
    public void Add(HttpContext context, byte[] body, JsonElement? json, string? model, bool? stream)
    {
        var isObject = json is { ValueKind: JsonValueKind.Object };
        var entry = new Entry(
            clock.Time.GetUtcNow(),
            model ?? (isObject && json!.Value.TryGetProperty("model", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null),
            context.Request.Path.Value ?? "",
            stream ?? (isObject && json!.Value.TryGetProperty("stream", out var asked) && asked.ValueKind == JsonValueKind.True),
            [.. context.Request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()))],
            body.Length <= LargestBody ? body : null);
        lock (_change)
        {
            if (_entries.Count == Capacity)
            {
                _entries.Dequeue();
            }

            _entries.Enqueue(entry);
        }
    }

    /// <summary>The latest <paramref name="limit"/> requests (of one model), oldest first.</summary>
    public IReadOnlyList<ArrivedRequest> Latest(string? model, int limit)
    {
        lock (_change)
        {
            return [.. _entries.Where(entry => model is null || entry.Model == model).TakeLast(limit).Select(Shown)];
        }
    }

    public void Clear()
    {
        lock (_change)
        {
            _entries.Clear();
        }
    }

    // Bodies are kept as bytes and parsed when somebody looks: most are never looked at.
    private static ArrivedRequest Shown(Entry entry) => new()
    {
        At = entry.At,
        Model = entry.Model,
        Path = entry.Path,
        Stream = entry.Stream,
        Headers = entry.Headers.ToDictionary(
            header => header.Key.ToLowerInvariant(),
            header => Secrets.Contains(header.Key) ? "***" : header.Value),
        Body = entry.Body is { Length: > 0 } body ? JsonBody.Parse(body) ?? JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(body)) : null,
    };

    private sealed record Entry(
        DateTimeOffset At,
        string? Model,
        string Path,
        bool Stream,
        KeyValuePair<string, string>[] Headers,
        byte[]? Body);
}

using System.Text.Json.Serialization;

namespace Gateflow.Core.Usage;

/// <summary>How a part of the requests used a model. Tokens as the serving model counted them, latencies milliseconds, cost USD, null when no price is known.</summary>
public abstract record UsageGroup
{
    public long Requests { get; init; }

    /// <summary>Failures of models and providers.</summary>
    public long Errors { get; init; }

    public ErrorKinds ErrorsByKind { get; init; } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? Cost { get; init; }

    /// <summary>Requests that <see cref="Cost"/> leaves out.</summary>
    public long UnpricedRequests { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long AvgInputTokens { get; init; }

    public long AvgOutputTokens { get; init; }

    /// <summary>Input of one request, tokens; null without a request that has any.</summary>
    public Percentiles? InputPerRequest { get; init; }

    /// <summary>Answer to one request, tokens.</summary>
    public Percentiles? OutputPerRequest { get; init; }

    /// <summary>Input + output of one request, tokens.</summary>
    public Percentiles? ContextTokens { get; init; }

    /// <summary>Latency of successes to the last byte, ms.</summary>
    public Percentiles? LatencyMs { get; init; }

    public UsagePatterns Patterns { get; init; } = new();

    /// <summary>The capabilities really used.</summary>
    public IReadOnlyList<CapabilityUse> Capabilities { get; init; } = [];

    /// <summary>168 request counts, Monday 00:00 UTC first.</summary>
    public IReadOnlyList<long> HourOfWeek { get; init; } = [];

    /// <summary>By UTC day, in order; days without a request are left out.</summary>
    public IReadOnlyList<DayUse> Trend { get; init; } = [];
}

/// <summary>One feature of the customer's product.</summary>
public sealed record FeatureUse : UsageGroup
{
    /// <summary>Empty for requests of no feature.</summary>
    public required string Feature { get; init; }
}

/// <summary>One API key.</summary>
public sealed record KeyUse : UsageGroup
{
    /// <summary>The key's prefixed id, never its secret.</summary>
    public required string Key { get; init; }

    /// <summary>The name that its owner gave it.</summary>
    public string? Name { get; init; }
}

/// <summary>One user of the customer's, as the requests name them.</summary>
public sealed record UserUse : UsageGroup
{
    /// <summary><see cref="UsageDay.Others"/> for those beyond the named ones.</summary>
    public required string User { get; init; }
}

/// <summary>Requests without a good answer, by whose fault it was.</summary>
public sealed record ErrorKinds
{
    /// <summary>Failures of models and providers.</summary>
    public long Model { get; init; }

    /// <summary>Requests refused as wrong or against a policy.</summary>
    public long Client { get; init; }

    public long RateLimited { get; init; }

    /// <summary>The caller hung up.</summary>
    public long Cancelled { get; init; }
}

/// <summary>One UTC day.</summary>
/// <param name="Date">The day.</param>
/// <param name="Requests">Its requests.</param>
/// <param name="Errors">Failures of models and providers.</param>
/// <param name="Cost">USD; null when no price is known.</param>
public sealed record DayUse(DateOnly Date, long Requests, long Errors, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] decimal? Cost);

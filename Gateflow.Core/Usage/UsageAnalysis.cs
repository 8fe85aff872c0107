using System.Text.Json.Serialization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;

namespace Gateflow.Core.Usage;

/// <summary>
/// How a model was used in a period: the wire's <c>analysis</c>. Times are UTC, costs USD, tokens as the serving model counted
/// them, latencies milliseconds. A cost is null when a price is unknown, never 0.
/// </summary>
public sealed record UsageAnalysis
{
    /// <summary>The period in words: "last_30_days".</summary>
    public required string UsagePeriod { get; init; }

    public DateTimeOffset PeriodStart { get; init; }

    public DateTimeOffset PeriodEnd { get; init; }

    public long TotalRequests { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? TotalCost { get; init; }

    /// <summary>Requests whose price is unknown: <see cref="TotalCost"/> is the sum of the others, null when there are none.</summary>
    public long UnpricedRequests { get; init; }

    public long AvgInputTokens { get; init; }

    public long AvgOutputTokens { get; init; }

    /// <summary>Sum of input tokens over the period, cached ones included.</summary>
    public long InputTokens { get; init; }

    /// <summary>The part of <see cref="InputTokens"/> that was read from the provider's cache.</summary>
    public long CachedInputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>Largest input + output of one request, tokens.</summary>
    public long MaxContextUsed { get; init; }

    /// <summary>Largest input of one request, tokens; up to 2 % more, since percentiles are not exact. <see cref="MaxContextUsed"/> where inputs were not recorded.</summary>
    [JsonIgnore]
    public long MaxInputUsed => InputPerRequest is { } inputs ? Math.Min(MaxContextUsed, (long)Math.Ceiling(inputs.Max * 1.01)) : MaxContextUsed;

    /// <summary>Longest answer, tokens; null when it was not recorded.</summary>
    public long? MaxOutputUsed { get; init; }

    /// <summary>Wire names of the capabilities used, the seed's word for <see cref="Capabilities"/>.</summary>
    public IReadOnlyList<string> FeaturesUsed { get; init; } = [];

    public UsagePatterns Patterns { get; init; } = new();

    public long Errors { get; init; }

    /// <summary>Errors / requests, 0–1.</summary>
    public double ErrorRate { get; init; }

    public ErrorKinds ErrorsByKind { get; init; } = new();

    /// <summary>Latency of successes to the last byte, ms; null without a success.</summary>
    public Percentiles? LatencyMs { get; init; }

    /// <summary>Quality scores of the newest answers; null where there are none or they were not looked at.</summary>
    public ScoreSpread? Scores { get; init; }

    /// <summary>Input of one request, tokens; null without a request.</summary>
    public Percentiles? InputPerRequest { get; init; }

    /// <summary>Answer to one request, tokens; null without a request.</summary>
    public Percentiles? OutputPerRequest { get; init; }

    /// <summary>Input + output of one request, tokens; null without a request.</summary>
    public Percentiles? ContextTokens { get; init; }

    /// <summary>Requests by context size, ascending, each bin above the one before it up to and including <see cref="ContextBin.UpTo"/>.</summary>
    public IReadOnlyList<ContextBin> ContextHistogram { get; init; } = [];

    public IReadOnlyList<CapabilityUse> Capabilities { get; init; } = [];

    /// <summary>Temperatures that requests named; null when none did or they were not recorded.</summary>
    public ValueRange? Temperature { get; init; }

    public IReadOnlyList<FeatureUse> ByFeature { get; init; } = [];

    public IReadOnlyList<KeyUse> ByKey { get; init; } = [];

    /// <summary>The users with most requests. Users are counted by whole UTC days, those that the period touches.</summary>
    public IReadOnlyList<UserUse> ByUser { get; init; } = [];

    /// <summary>Users that were counted by name.</summary>
    public int Users { get; init; }

    /// <summary>168 request counts, Monday 00:00 UTC first; empty when not computed.</summary>
    public IReadOnlyList<long> HourOfWeek { get; init; } = [];

    /// <summary>By UTC day, in order; days without a request are left out.</summary>
    public IReadOnlyList<DayUse> Trend { get; init; } = [];

    public UsageLimits Limits { get; init; } = new();

    /// <summary>Start of the first hour with a request; null without one.</summary>
    public DateTimeOffset? FirstHour { get; init; }

    /// <summary>Mean over the period, or since its first hour with a request.</summary>
    public double RequestsPerHour { get; init; }

    /// <summary>The time that the figures tell of: the period, or what of it lies after its first request.</summary>
    [JsonIgnore]
    public TimeSpan Covered => PeriodEnd - (FirstHour > PeriodStart ? FirstHour.Value : PeriodStart);

    /// <summary>Whose requests were read: features and keys. Users are not told apart, so it names none.</summary>
    public MigrationScope Scope { get; init; } = new();

    /// <summary>True when demo data is among it.</summary>
    public bool Demo { get; init; }

    /// <summary>The capabilities used as bits, from <see cref="Capabilities"/> (else <see cref="FeaturesUsed"/>); unknown names are left out.</summary>
    [JsonIgnore]
    public Capabilities Used =>
        (Capabilities.Count > 0 ? Capabilities.Where(x => x.Requests > 0).Select(x => x.Capability) : FeaturesUsed)
            .Aggregate(Catalog.Capabilities.None, (set, name) => CapabilityNames.TryParse(name, out var flag) ? set | flag : set);

    /// <summary>The same without what is long: profiles and trends of single features and keys, and users.</summary>
    public UsageAnalysis InShort() => this with
    {
        ByFeature = [.. ByFeature.Select(f => f with { HourOfWeek = [], Trend = [] })],
        ByKey = [.. ByKey.Select(k => k with { HourOfWeek = [], Trend = [] })],
        ByUser = [],
    };

    /// <summary>Requests that used one capability; null when they were not counted.</summary>
    public long? RequestsUsing(Capabilities flag)
    {
        var name = CapabilityNames.Wire(flag);
        return Capabilities.FirstOrDefault(x => x.Capability == name)?.Requests;
    }
}

/// <summary>Shares of requests, 0–1, by the limits of <see cref="UsageLimits"/>.</summary>
public sealed record UsagePatterns
{
    public double LongContext { get; init; }

    public double ShortQueries { get; init; }
}

/// <summary>Context sizes (input + output tokens) above which a request is long, and up to which it is short.</summary>
public sealed record UsageLimits
{
    /// <summary>Largest limit that can be set, tokens.</summary>
    public const long Most = 16_000_000;

    public long LongContextTokens { get; init; } = 8192;

    public long ShortQueryTokens { get; init; } = 1024;
}

/// <summary>Nearest ranks, at most 1 % off.</summary>
public sealed record Percentiles(double P50, double P95, double P99, double Max);

/// <summary>Lowest and highest value seen.</summary>
public sealed record ValueRange(double Least, double Most);

/// <param name="UpTo">Upper edge, tokens, inclusive.</param>
/// <param name="Requests">Requests in the bin.</param>
public sealed record ContextBin(long UpTo, long Requests);

/// <param name="Capability">Wire name.</param>
/// <param name="Requests">Requests that used it.</param>
public sealed record CapabilityUse(string Capability, long Requests);

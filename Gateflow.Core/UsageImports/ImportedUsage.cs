using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.UsageImports;

/// <summary>One row of an imported file.</summary>
/// <param name="Feature">Empty when unknown.</param>
/// <param name="User">The customer's own user; empty when unknown.</param>
internal readonly record struct ImportedRow(string Model, string Feature, string Key, string User, ImportedUsage Usage);

/// <summary>What a row tells of a request, or of several that the exporter had summed up already.</summary>
internal readonly record struct ImportedUsage
{
    public required DateTimeOffset At { get; init; }

    /// <summary>1 or more; above 1 all tokens and the cost are sums.</summary>
    public required long Requests { get; init; }

    public long InputTokens { get; init; }

    public long CachedTokens { get; init; }

    /// <summary>The part of <see cref="InputTokens"/> that was written to the provider's cache, which some charge more for.</summary>
    public long CacheWrittenTokens { get; init; }

    public long OutputTokens { get; init; }

    public long ReasoningTokens { get; init; }

    /// <summary>USD as the file states it, else by the catalog's prices; null when neither is known.</summary>
    public decimal? Cost { get; init; }

    public OutcomeKind Outcome { get; init; }

    /// <summary>To the last byte, ms; NaN when unknown.</summary>
    public double DurationMs { get; init; }

    public Capabilities Capabilities { get; init; }
}

using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.Imports;

/// <summary>One row of an imported file: a request, or several that the exporter had summed up already.</summary>
internal readonly record struct ImportedUsage
{
    public required DateTimeOffset At { get; init; }

    public required string Model { get; init; }

    /// <summary>Empty when unknown.</summary>
    public required string Feature { get; init; }

    public required string Key { get; init; }

    /// <summary>The customer's own user; empty when unknown.</summary>
    public required string User { get; init; }

    /// <summary>1 or more; above 1 all tokens and the cost are sums.</summary>
    public required long Requests { get; init; }

    public long InputTokens { get; init; }

    public long CachedTokens { get; init; }

    public long OutputTokens { get; init; }

    public long ReasoningTokens { get; init; }

    /// <summary>USD as the file states it; null when it does not.</summary>
    public decimal? Cost { get; init; }

    public OutcomeKind Outcome { get; init; }

    /// <summary>To the last byte, ms; NaN when unknown.</summary>
    public double DurationMs { get; init; }

    public Capabilities Capabilities { get; init; }
}

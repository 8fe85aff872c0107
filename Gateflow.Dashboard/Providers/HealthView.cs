using Gateflow.Core.Providers;

namespace Gateflow.Dashboard.Providers;

/// <summary>How a provider stands, by its probes and by the requests of late, as this node sees it.</summary>
public sealed record HealthView
{
    /// <summary>The worse of both.</summary>
    public required HealthState State { get; init; }

    /// <summary>Since when its probes say so; null when they do not.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether it is probed at all.</summary>
    public bool Probed { get; init; }

    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>Of the last probe.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>The last probe that failed.</summary>
    public TestView? LastFailure { get; init; }

    /// <summary>Calls in the last five minutes.</summary>
    public long RecentCalls { get; init; }

    /// <summary>Share of them that failed by the provider's fault, 0–1; null without calls.</summary>
    public double? RecentErrorRate { get; init; }

    /// <summary>Models whose circuit breaker is not closed.</summary>
    public IReadOnlyList<string> OpenCircuits { get; init; } = [];
}

namespace Gateflow.Gateway.Fallbacks;

/// <summary>When the circuit breaker of a model at a provider opens: <c>Gateflow:Breaker</c>.</summary>
public sealed record BreakerOptions
{
    /// <summary>False leaves every breaker closed.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Share of failures within <see cref="Sampling"/> from which it opens, above 0 to 1.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>Calls within <see cref="Sampling"/> below which it never opens, 2–10000. As many failures in a row, without a success between, count as dead.</summary>
    public int MinimumThroughput { get; init; } = 10;

    /// <summary>The sliding window, 0.5 s–1 h.</summary>
    public TimeSpan Sampling { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it stays open before one call may try, and how long that may take before another may; 0.5 s–1 h.</summary>
    public TimeSpan Break { get; init; } = TimeSpan.FromSeconds(15);
}

namespace Gateflow.Core.Rollout;

/// <summary>The small record that the judge folds, one a request of a running migration.</summary>
public readonly record struct ArmOutcome
{
    public required Arm Arm { get; init; }

    public required OutcomeKind Kind { get; init; }

    /// <summary>Stable hash of the unit; without unit, of key and body: at most one failure a unit in 10 s counts.</summary>
    public required ulong Unit { get; init; }

    /// <summary>When the request ended, UTC ticks.</summary>
    public required long AtTicks { get; init; }

    /// <summary>Milliseconds of the arm's own model to its last byte, for streams to the first content; the gateway's time excluded. NaN when unknown.</summary>
    public double LatencyMs { get; init; }

    /// <summary>Milliseconds from the caller's request to the last byte of the arm's own answer; NaN when unknown.</summary>
    public double DurationMs { get; init; }

    /// <summary>True when the arm's own model ran into its time limit: an exceedance of any latency limit.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Quality of the answer in [0, 1]; NaN when there is none.</summary>
    public double Quality { get; init; }
}

namespace Gateflow.Core.Rollout;

/// <summary>The small record that the judge folds, one a request of a running migration.</summary>
public readonly record struct ArmOutcome
{
    public required Arm Arm { get; init; }

    public required OutcomeKind Kind { get; init; }

    /// <summary>Stable hash of the unit; without unit, and where keys stick, of key and body: one alone never rolls back.</summary>
    public required ulong Unit { get; init; }

    /// <summary>Stable hash of unit and body, 0 when unknown: of the same request again at most one failure in 10 s counts.</summary>
    public ulong Request { get; init; }

    /// <summary>When the request ended, UTC ticks.</summary>
    public required long AtTicks { get; init; }

    /// <summary>
    /// Milliseconds of the arm's own model to its last byte, for streams to the first content; the gateway's time excluded. Of a caller that hung up before, those
    /// waited. NaN when unknown.
    /// </summary>
    public double LatencyMs { get; init; }

    /// <summary>Milliseconds from the caller's request to the last byte of the arm's own answer; NaN when unknown.</summary>
    public double DurationMs { get; init; }

    /// <summary>True when the arm's own model ran into its time limit: an exceedance of any latency limit.</summary>
    public bool TimedOut { get; init; }

    /// <summary>True when the source failed when it was first asked, on its own arm or in the target's place, whatever came of asking it again.</summary>
    public bool FailedFirst { get; init; }

    /// <summary>Quality of the answer in [0, 1]; NaN when there is none.</summary>
    public double Quality { get; init; }
}

namespace Gateflow.Core.Rollout;

/// <summary>What a guardrail says now, with the numbers it rests on.</summary>
public sealed record GuardrailReading
{
    public required GuardrailKind Guardrail { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>The e-value M, from 1 (none) up, capped at 1e12.</summary>
    public required double Evidence { get; init; }

    /// <summary>Evidence of a breach, 1/α of this guardrail.</summary>
    public required double Threshold { get; init; }

    /// <summary>Evidence from which no step is taken, 1/√α of this guardrail.</summary>
    public required double WatchAt { get; init; }

    /// <summary>The limit as configured: a rate, a ratio or a drop.</summary>
    public required double Limit { get; init; }

    /// <summary>Target outcomes that entered the test since the migration started.</summary>
    public required long Samples { get; init; }

    /// <summary>About how many more target outcomes until it is judged; 0 when it is, or when it cannot be at this weight.</summary>
    public required long Needed { get; init; }

    /// <summary>The target's error rate (0–1), its p95 latency over the source's, or its drop of the mean score; null when unknown.</summary>
    public double? Observed { get; init; }

    /// <summary>The source's error rate (0–1), its p95 latency in ms, or its mean score; null when unknown.</summary>
    public double? Baseline { get; init; }

    /// <summary>One plain sentence with the numbers.</summary>
    public required string Detail { get; init; }

    /// <summary>True when the guardrail's own minimum is met.</summary>
    public required bool Judged { get; init; }

    /// <summary>False when the guardrail cannot be judged at this weight, so that no step waits for it.</summary>
    public required bool BlocksAdvance { get; init; }
}

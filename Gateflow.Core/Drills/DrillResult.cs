using Gateflow.Core.Rollout;

namespace Gateflow.Core.Drills;

/// <summary>How the target is made to fail.</summary>
public enum DrillKind
{
    /// <summary>It answers with status 500.</summary>
    Error,

    /// <summary>It takes twice as long as the latency limit allows.</summary>
    Latency,

    /// <summary>Its answers are empty.</summary>
    Quality,
}

/// <summary>What a drill showed. Every request in it was synthetic: no provider was called, and nothing of it counts anywhere else.</summary>
public sealed record DrillResult
{
    public required DrillKind Kind { get; init; }

    /// <summary>Share of the target's answers that failed, in (0, 1].</summary>
    public required double FailureRate { get; init; }

    /// <summary>Requests that went through the drill's route, both arms.</summary>
    public required long Requests { get; init; }

    /// <summary>Those of the target's arm.</summary>
    public required long TargetRequests { get; init; }

    /// <summary>True when a guardrail broke.</summary>
    public required bool Detected { get; init; }

    /// <summary>The guardrail that broke.</summary>
    public GuardrailKind? Guardrail { get; init; }

    public double? Evidence { get; init; }

    public double? Threshold { get; init; }

    /// <summary>Target requests from the first failing one to the verdict, both counted.</summary>
    public long? DetectionRequests { get; init; }

    /// <summary>Seconds that those take at <see cref="RequestsPerHour"/> with <see cref="TrafficOnTarget"/>.</summary>
    public double? DetectionSeconds { get; init; }

    /// <summary>Requests an hour that were supposed, both arms: the model's own rate where it is known.</summary>
    public required double RequestsPerHour { get; init; }

    /// <summary>Percentage of them that the migration has on the target: its present step's, before the start the first step's.</summary>
    public double TrafficOnTarget { get; init; } = 100;

    /// <summary>False when no traffic is known and a rate was assumed.</summary>
    public required bool RateKnown { get; init; }

    /// <summary>Measured milliseconds from the verdict until the drill's route sent nothing more to the target; null when it did not.</summary>
    public double? EffectMs { get; init; }

    /// <summary>True when the request after the verdict was answered on the source's side.</summary>
    public required bool InForce { get; init; }

    /// <summary>Requests that the target failed and the source answered in its place.</summary>
    public required long AnsweredBySource { get; init; }

    /// <summary>Requests that no model answered.</summary>
    public required long Lost { get; init; }

    /// <summary>What it showed, in one or two sentences.</summary>
    public required string Sentence { get; init; }
}

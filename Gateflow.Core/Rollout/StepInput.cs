using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>All that decides what a running migration does next.</summary>
public sealed record StepInput
{
    public required MigrationConfig Config { get; init; }

    /// <summary>The compiled steps (<see cref="RolloutSteps.Compile"/>), as they were when the migration was executed.</summary>
    public required IReadOnlyList<RolloutStep> Steps { get; init; }

    /// <summary>Index of the step that runs; while soaking the last.</summary>
    public required int Step { get; init; }

    /// <summary>When the step started; while soaking, when the soak did.</summary>
    public required DateTimeOffset StepStartedAt { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Since when the migration is held without a break; null when it is not.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>Readings of the guardrails armed.</summary>
    public IReadOnlyList<GuardrailReading> Readings { get; init; } = [];

    /// <summary>Counted target outcomes in this step; while soaking, since the step to 100 % began.</summary>
    public long StepTargetOutcomes { get; init; }

    /// <summary>Whether the traffic is split as configured; null when it is not known here.</summary>
    public GuardrailReading? Split { get; init; }

    public bool OutageHold { get; init; }

    /// <summary>What holds so, by kind.</summary>
    public OutageCases OutageCases { get; init; }

    public bool HangUpHold { get; init; }

    public bool Paused { get; init; }

    /// <summary>True once the shadow phase is over: the program paused it, not a person.</summary>
    public bool ShadowDone { get; init; }

    /// <summary>True in status soaking: all traffic is on the target, guardrails are armed, completion is next.</summary>
    public bool Soaking { get; init; }

    /// <summary>People who approved leaving this step; resuming after the shadow phase is one.</summary>
    public int Approvals { get; init; }

    /// <summary>Counted target outcomes an hour at the present weight, for the sentences; null when unknown, and while soaking.</summary>
    public double? TargetRequestsPerHour { get; init; }
}

namespace Gateflow.Core.Rollout;

/// <summary>
/// All that a <see cref="MigrationJudge"/> knows, as plain data that JSON carries exactly. Folding n outcomes, saving, restoring and
/// folding m more equals folding n + m.
/// </summary>
public sealed record JudgeState
{
    /// <summary>Outcomes folded: what was persisted up to, so that a restart counts nothing twice.</summary>
    public required long Sequence { get; init; }

    /// <summary>The step running; -1 before the first.</summary>
    public required int Step { get; init; }

    /// <summary>Its weight, percent.</summary>
    public required double Weight { get; init; }

    /// <summary>Counted target outcomes in the step.</summary>
    public required long StepTargetOutcomes { get; init; }

    /// <summary>Target outcomes in the step, counted or not.</summary>
    public required long StepTargetSeen { get; init; }

    /// <summary>Once breached: when the evidence of that guardrail began to rise to it, UTC ticks; else null.</summary>
    public long? FirstFailureTicks { get; init; }

    /// <summary>Counted target outcomes of the step before that.</summary>
    public long OutcomesBeforeFailure { get; init; }

    /// <summary>Outcomes by arm (source, target) and <see cref="OutcomeKind"/>: index arm × kinds + kind.</summary>
    public required long[] Counts { get; init; }

    public required FailingUnitsState FailingUnits { get; init; }

    /// <summary>First unit with a slow request on the target, and whether another followed.</summary>
    public ulong? SlowUnit { get; init; }

    public bool SlowUnits { get; init; }

    /// <summary>The same of low scores on the target.</summary>
    public ulong? LowUnit { get; init; }

    public bool LowUnits { get; init; }

    /// <summary>When the newest outcome folded ended, UTC ticks.</summary>
    public long LatestTicks { get; init; }

    public required ShareState Outages { get; init; }

    /// <summary>When the last of those was; null when there is none, and in states of older builds.</summary>
    public long? OutageTicks { get; init; }

    /// <summary>Which of those were rate limits; null in states of older builds.</summary>
    public ShareState? LimitedOutages { get; init; }

    /// <summary>Which were requests refused as such; null in states of older builds.</summary>
    public ShareState? RefusedOutages { get; init; }

    /// <summary>Which a content policy refused; null in states of older builds.</summary>
    public ShareState? PolicyOutages { get; init; }

    /// <summary>How often the source fails when it is first asked; null in states of older builds, as what follows.</summary>
    public SourceRateState? SourceFaults { get; init; }

    public BrokenStreamsState? BrokenStreams { get; init; }

    public SourceRateState? SourceHangUps { get; init; }

    public ErrorRateState? HangUps { get; init; }

    public AlarmState HangUpAlarm { get; init; }

    public ErrorRateState? ErrorRate { get; init; }

    public AlarmState ErrorRateAlarm { get; init; }

    /// <summary>The same by what the source's own arm shows alone; null in states of older builds.</summary>
    public ErrorRateState? ErrorRateByOwnArm { get; init; }

    public AlarmState ErrorRateByOwnArmAlarm { get; init; }

    public LatencyState? Latency { get; init; }

    public AlarmState LatencyAlarm { get; init; }

    public LatencyHistoryState? LatencyHistory { get; init; }

    public QualityState? Quality { get; init; }

    public AlarmState QualityAlarm { get; init; }

    /// <summary>The check of the split; null where it is the fleet's to keep, or no step has begun.</summary>
    public SplitState? Split { get; init; }

    /// <summary>The first breach, as it stood when it happened.</summary>
    public GuardrailReading? Breach { get; init; }
}

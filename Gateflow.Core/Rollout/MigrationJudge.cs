using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>
/// Folds the outcomes of one migration on one node into evidence: the tests, the counts and the rules about whose failure counts.
/// <see cref="Fold"/> allocates nothing. Not thread-safe: <see cref="Judge"/> holds the lock.
/// </summary>
/// <remarks>
/// Counted target outcomes are successes, and failures that are the target's own: target_failure and broken_stream, of the same request at most one
/// in 10 s. Answers that the source gave as a fallback must not be folded as the source's.
/// </remarks>
public sealed partial class MigrationJudge
{
    private static readonly int Kinds = Enum.GetValues<OutcomeKind>().Length;

    private static readonly TimeSpan RetryLoop = TimeSpan.FromSeconds(10);

    // A request that is refused once is refused each time that it is sent, and a batch job may send it all day.
    private static readonly TimeSpan Refused = TimeSpan.FromHours(1);

    private readonly JudgeTests _tests;
    private readonly long[] _counts = new long[2 * Kinds];
    private readonly FailingRequests _failing = new();
    private readonly OutageWindow _outages = new();
    private readonly BrokenStreams _broken = new();
    private readonly SourceRate _sourceFaults = new();
    private readonly SourceRate _sourceHangUps = new();
    private readonly SplitCheck _split = new();
    private Witnesses _failingUnits;
    private Witnesses _slowUnits;
    private Witnesses _lowUnits;
    private long _latest;

    /// <summary>Arms the guardrails that have a limit. Throws when a limit or α is out of its range.</summary>
    public MigrationJudge(JudgeConfig config) => (_tests, Limits) = (new JudgeTests(config), config.RollbackThreshold);

    /// <summary>Continues from a saved state.</summary>
    public MigrationJudge(JudgeConfig config, JudgeState state)
        : this(config) => Restore(state);

    /// <summary>The limits that it judges by.</summary>
    public RollbackThreshold Limits { get; }

    /// <summary>Outcomes and scores folded.</summary>
    public long Sequence { get; private set; }

    /// <summary>The step running; -1 before the first.</summary>
    public int Step { get; private set; } = -1;

    /// <summary>The weight of the step, percent.</summary>
    public double Weight { get; private set; }

    /// <summary>Counted target outcomes in the step, what min_samples asks for.</summary>
    public long StepTargetOutcomes { get; private set; }

    /// <summary>Target outcomes in the step, counted or not, without callers that hung up.</summary>
    public long StepTargetSeen { get; private set; }

    /// <summary>The first breach, with its numbers as they stood then; null while there is none. Final.</summary>
    public GuardrailReading? Breach { get; private set; }

    /// <summary>Units with a failure of the target's own; 2 stands for all above.</summary>
    public long DistinctFailingUnits => _failingUnits.Count;

    /// <summary>
    /// True while, among the last 50 target outcomes, those that are nobody's evidence (outage_both, client_fault, rate_limited, policy)
    /// are at least 3 and more than 10 %: then no step is taken. The same request refused again within an hour is none of them.
    /// </summary>
    public bool OutageHold => _outages.Holds;

    /// <summary>What <see cref="OutageHold"/> speaks of, by kind.</summary>
    public OutageCases OutageCases => _outages.Cases;

    /// <summary>
    /// True while callers hang up on the target more than twice as often as on the source, and on more than one request in twenty: then no step is taken. How long
    /// somebody waits says little of a model's fault, so this never rolls back; but where callers give up first, one that hangs shows in nothing else.
    /// </summary>
    public bool HangUpHold => _tests.HangUps.Alarm.Watching;

    /// <summary>Outcomes of one kind on one arm since the migration started.</summary>
    public long Count(Arm arm, OutcomeKind kind) => _counts[Index(arm, kind)];

    /// <summary>Starts a step, before its first outcome. The step that already runs keeps its counts (a restart); its weight is taken.</summary>
    /// <param name="step">Index of the step.</param>
    /// <param name="weight">Percent of traffic on the target.</param>
    public void BeginStep(int step, double weight)
    {
        if (step != Step && Breach is null)
        {
            (Step, StepTargetOutcomes, StepTargetSeen) = (step, 0, 0);
            _tests.BeginStep();
        }

        Weight = weight;
        _split.Begin((int)Math.Round(weight * 100));
    }

    /// <summary>Takes note of a unit that was dealt to an arm by its hash, before its request is sent; answers that are late then change nothing.</summary>
    /// <param name="unit">The hash it was dealt by.</param>
    /// <param name="isTarget">Where it was sent.</param>
    /// <param name="weight">The weight it was dealt under, hundredths of a percent.</param>
    /// <returns>True when something was learnt from it.</returns>
    public bool Assigned(ulong unit, bool isTarget, int weight) => _split.Add(unit, isTarget, weight);

    /// <summary>The same for a unit that was dealt in a step that is over.</summary>
    public void AssignedLate(ulong unit, bool isTarget, int weight) => _split.AddLate(unit, isTarget, weight);

    /// <summary>Sets the source's 95th percentile (ms, whole durations) of the same hours before the migration; null when unknown.</summary>
    public void SetLatencyHistory(double? milliseconds)
    {
        if (_tests.LatencyHistory is { } test)
        {
            test.Baseline = milliseconds;
        }
    }

    /// <summary>Whether the traffic is split as configured.</summary>
    public GuardrailReading ReadSplit() => _split.Read();

    /// <summary>Folds one outcome. Those without an arm are ignored.</summary>
    public void Fold(in ArmOutcome outcome)
    {
        if (outcome.Arm == Arm.None)
        {
            return;
        }

        Sequence++;
        _counts[Index(outcome.Arm, outcome.Kind)]++;
        _latest = Math.Max(_latest, outcome.AtTicks);
        Elapse(_latest);
        if (outcome.Kind == OutcomeKind.ClientCancel)
        {
            FoldCancel(outcome);
        }
        else if (outcome.Arm == Arm.Source)
        {
            FoldSource(outcome);
        }
        else
        {
            FoldTarget(outcome);
        }
    }

    /// <summary>Judges the target's broken streams that have waited for the source's long enough, where no outcome follows that would.</summary>
    /// <param name="nowTicks">UTC ticks; what ended before is folded.</param>
    public void Elapse(long nowTicks)
    {
        while (_broken.TryTake(nowTicks, out var broken))
        {
            FoldBroken(broken);
        }
    }

    /// <summary>
    /// Folds an outcome, or a late score, of a step that is over, under the weight of that step: it is evidence, but not one of the outcomes that
    /// the running step asks for.
    /// </summary>
    public void FoldLate(in ArmOutcome outcome, bool isScore, double weight)
    {
        var (counted, seen, running) = (StepTargetOutcomes, StepTargetSeen, Weight);
        Weight = weight;
        if (isScore)
        {
            FoldScore(outcome.Arm, outcome.Quality, outcome.Unit);
        }
        else
        {
            Fold(outcome);
        }

        (StepTargetOutcomes, StepTargetSeen, Weight) = (counted, seen, running);
    }

    /// <summary>Takes over what another test of the same migration found: the brake of a node.</summary>
    public void Adopt(GuardrailReading breach) => Breach ??= breach;

    /// <summary>Folds a score that came after its answer (an evaluation): in [0, 1], of an answer that its own arm gave to that unit.</summary>
    public void FoldScore(Arm arm, double score, ulong unit)
    {
        Sequence++;
        FoldQuality(arm, score, unit);
    }

    /// <summary>
    /// Folds what a user said of an answer, in [0, 1]. Users' scores are compared with users' scores only: else an arm whose answers are rated more often
    /// would look worse, or better, than it is. One whose unit is not known (0) is evidence, and no witness: it may be of a unit that is one already.
    /// </summary>
    public void FoldFeedback(Arm arm, double score, ulong unit)
    {
        Sequence++;
        if (_tests.Quality is { } test && arm != Arm.None && !double.IsNaN(score))
        {
            if (test.FoldFeedback(arm, Math.Clamp(score, 0, 1)) && unit != 0)
            {
                _lowUnits.Add(unit);
            }

            Update(GuardrailKind.QualityScoreDrop, test.Alarm, test.M, _lowUnits.AreSeveral);
        }
    }

    /// <summary>What every armed guardrail says now, in the order of <see cref="GuardrailKind"/>. A breached one keeps the numbers of its breach.</summary>
    public IReadOnlyList<GuardrailReading> Read() =>
        [.. _tests.Armed.Select(kind => Breach?.Guardrail == kind ? Breach : Read(kind))];

    private static int Index(Arm arm, OutcomeKind kind) => ((arm == Arm.Target ? 1 : 0) * Kinds) + (int)kind;

    private Alarm? Onset => Breach is { } breach ? _tests.AlarmOf(breach.Guardrail) : null;

    private void FoldHistory(double milliseconds)
    {
        if (Weight > GuardrailMinimums.LatencyMaxWeight)
        {
            _tests.LatencyHistory?.Fold(milliseconds);
        }
    }

    private void FoldError(bool failed)
    {
        if (Breach is null)
        {
            StepTargetOutcomes++; // what came after tells nothing of the detection
        }

        if (_tests.Error is { } test)
        {
            var (own, most) = SourceFaults();
            test.Fold(failed, most);
            _tests.ErrorByOwnArm!.Fold(failed, own);
            _tests.ErrorByOwnArm.Alarm.Update(_tests.ErrorByOwnArm.M, witnessed: false);
            Update(GuardrailKind.ErrorRate, test.Alarm, test.M, _failingUnits.AreSeveral);
        }
    }

    /// <summary>
    /// The share of the source's first calls that fail: by its own arm, and the most that it may be. Where that arm tells too little the calls in the target's place
    /// count: at the start for both, and above 90 % of traffic, where they may be of what fails both together, for the most alone.
    /// </summary>
    private (double Own, double Most) SourceFaults()
    {
        var own = _sourceFaults.ShareAt(_latest);
        var most = Math.Max(own, _sourceFaults.InPlaceAt(_latest));
        return Weight > GuardrailMinimums.OwnArmMaxWeight ? (own, most) : _sourceFaults.IsNew ? (most, most) : (own, own);
    }

    private void FoldLatency(double milliseconds, ulong unit, bool hungUp = false)
    {
        if (_tests.Latency is { } test)
        {
            if (test.FoldTarget(milliseconds, Weight / 100, hungUp))
            {
                _slowUnits.Add(unit);
            }

            Update(GuardrailKind.LatencyP99Increase, test.Alarm, test.M, _slowUnits.AreSeveral);
        }
    }

    private void FoldQuality(Arm arm, double score, ulong unit)
    {
        if (_tests.Quality is not { } test || double.IsNaN(score) || arm == Arm.None)
        {
            return;
        }

        score = Math.Clamp(score, 0, 1);
        if (arm == Arm.Source)
        {
            test.FoldSource(score, Weight / 100);
        }
        else if (test.FoldTarget(score, Weight / 100))
        {
            _lowUnits.Add(unit);
        }

        Update(GuardrailKind.QualityScoreDrop, test.Alarm, test.M, _lowUnits.AreSeveral);
    }

    private void Update(GuardrailKind kind, Alarm alarm, double evidence, bool witnessed)
    {
        alarm.Update(evidence, witnessed, _latest, Math.Max(0, StepTargetOutcomes - 1));
        if (alarm.Breached)
        {
            Breach ??= Read(kind);
        }
    }

    private GuardrailReading Read(GuardrailKind kind) => _tests.Read(kind, new ReadingContext(
        Weight,
        StepTargetSeen,
        DistinctFailingUnits,
        SourceAnswered: Count(Arm.Source, OutcomeKind.Success),
        SourceFailed: Count(Arm.Source, OutcomeKind.SourceFailure) + Count(Arm.Source, OutcomeKind.BrokenStream),
        SourceFaults(),
        LowUnits: _lowUnits.Count));
}

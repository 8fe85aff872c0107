using static Gateflow.Core.Rollout.GuardrailMinimums;

namespace Gateflow.Core.Rollout;

/// <summary>What a reading needs besides its own test.</summary>
/// <param name="Weight">Percent of traffic on the target.</param>
/// <param name="StepTargetSeen">Target outcomes in the step.</param>
/// <param name="FailingUnits">Distinct units with a failure of the target's own.</param>
/// <param name="SourceAnswered">Successes on the source arm.</param>
/// <param name="SourceFailed">Failures on the source arm.</param>
/// <param name="SourceFaults">Share of the source's first calls that failed of late, by its own arm and at the most.</param>
/// <param name="LowUnits">Distinct units with a low score on the target.</param>
internal readonly record struct ReadingContext(
    double Weight, long StepTargetSeen, long FailingUnits, long SourceAnswered, long SourceFailed, (double Own, double Most) SourceFaults, long LowUnits);

/// <summary>Puts a test's numbers into a reading and one sentence.</summary>
internal static class Readings
{
    private const double HighestShown = 1e12;

    public static GuardrailReading Of(ErrorRateTest test, ErrorRateTest byOwnArm, double limit, in ReadingContext context)
    {
        var holds = byOwnArm.Alarm.Watching && test.Alarm is { Watching: false, Breached: false };
        var needed = Math.Max(0, ErrorOutcomes - test.Count);
        var source = context.SourceAnswered + context.SourceFailed;
        var detail = needed > 0
            ? $"{Plain.Count(test.Count)} of {ErrorOutcomes} target requests counted, {Plain.Count(test.Failures)} failed; {Plain.Count(needed)} more are needed."
            : $"{Plain.Count(test.Failures)} of {Plain.Count(test.Count)} target requests failed ({Plain.Share((double)test.Failures / test.Count)}); the limit is {Plain.Share(limit)}.";
        if (context.SourceFaults.Most > Math.Max(limit, context.SourceFaults.Own))
        {
            detail += $" Where it was asked in the target's place the source failed as well in {Plain.Share(context.SourceFaults.Most)} of late, so only more than that is rolled back.";
        }
        else if (context.SourceFaults.Own > limit)
        {
            detail += $" The source itself fails in {Plain.Share(context.SourceFaults.Own)} of its first calls of late, so only more than that is evidence.";
        }

        if (holds)
        {
            detail += " By what the source's own arm showed they are too many: that may hold the step and never rolls back.";
        }

        if (test.M >= test.Alarm.Threshold && context.FailingUnits < 2)
        {
            detail += " All failures come from one unit, so nothing is rolled back.";
        }

        return new GuardrailReading
        {
            Guardrail = GuardrailKind.ErrorRate,
            Verdict = holds ? Verdict.Watch : VerdictOf(test.Alarm, needed == 0, context),
            Evidence = Math.Min(holds ? byOwnArm.M : test.M, HighestShown),
            Threshold = test.Alarm.Threshold,
            WatchAt = test.Alarm.WatchAt,
            Limit = limit,
            Samples = test.Count,
            Needed = needed,
            Judged = needed == 0,
            BlocksAdvance = true,
            Observed = test.Count > 0 ? (double)test.Failures / test.Count : null,
            Baseline = source > 0 ? (double)context.SourceFailed / source : null,
            Detail = detail,
        };
    }

    public static GuardrailReading Of(LatencyTest test, LatencyHistoryTest history, double limit, in ReadingContext context)
    {
        // Above 90 % a breach that stands still stands.
        if (context.Weight > LatencyMaxWeight && !test.Alarm.Breached)
        {
            return Of(history, limit, context);
        }

        var sources = LatencySources - test.Sources;
        var targets = Math.Max(0, LatencyTargets - test.Compared);
        var judged = sources == 0 && targets == 0;

        // While the source fills up at its share of the traffic, the target sees its own.
        var needed = judged ? 0 : Math.Max(1, targets + (long)Math.Ceiling(sources * context.Weight / (100 - context.Weight)));
        var ratio = test.SourceTail is > 0 and var sourceTail && test.TargetTail is { } targetTail ? targetTail / sourceTail : (double?)null;
        var detail = needed > 0
            ? $"{Plain.Count(test.Sources)} of {LatencySources} source latencies and {Plain.Count(Math.Min(test.Compared, LatencyTargets))} of {LatencyTargets} target latencies seen; about {Plain.Count(needed, "more target request")} needed."
            : $"{Plain.Count(test.TargetSlow)} of {Plain.Count(test.Compared)} target requests were slower than {Plain.Number(limit)} times the source's slow ones (95th percentile {Plain.Number(test.SourceTail ?? 0)} ms); the target's own is {Plain.Number(ratio ?? 0)} times that.";

        return new GuardrailReading
        {
            Guardrail = GuardrailKind.LatencyP99Increase,
            Verdict = VerdictOf(test.Alarm, judged, context),
            Evidence = Math.Min(test.M, HighestShown),
            Threshold = test.Alarm.Threshold,
            WatchAt = test.Alarm.WatchAt,
            Limit = limit,
            Samples = test.Compared,
            Needed = needed,
            Judged = judged,
            BlocksAdvance = true,
            Observed = ratio,
            Baseline = test.SourceTail,
            Detail = detail,
        };
    }

    /// <summary>Above 90 % of traffic: the source's own history, which may hold the step and is never a breach.</summary>
    private static GuardrailReading Of(LatencyHistoryTest history, double limit, in ReadingContext context)
    {
        var needed = history.Baseline is null ? 0 : Math.Max(0, LatencyTargets - history.Count);
        var judged = history.Baseline is not null && needed == 0;
        var detail = history.Baseline is not { } tail
            ? $"Above {Plain.Percent(LatencyMaxWeight)} of traffic too few source requests remain to compare latencies with, and its history of the same hours is too short; not judged at {Plain.Percent(context.Weight)}."
            : $"Compared with history, not with live source traffic: {Plain.Count(history.Slow)} of {Plain.Count(history.Count)} target requests took more than {Plain.Number(limit)} times the source's 95th percentile of the same hours of the {SourceHistory.Days} days before ({Plain.Number(tail)} ms)."
                + (needed > 0 ? $" {Plain.Count(needed, "more target request")} needed." : " This may hold the step and never rolls back.");
        return new GuardrailReading
        {
            Guardrail = GuardrailKind.LatencyP99Increase,
            Verdict = VerdictOf(history.Alarm, judged, context),
            Evidence = Math.Min(history.M, HighestShown),
            Threshold = history.Alarm.Threshold,
            WatchAt = history.Alarm.WatchAt,
            Limit = limit,
            Samples = history.Count,
            Needed = needed,
            Judged = judged,
            BlocksAdvance = false,
            Observed = null,
            Baseline = history.Baseline,
            Detail = detail,
        };
    }

    public static GuardrailReading Of(QualityTest test, double limit, in ReadingContext context)
    {
        // At 100 % no source answer is left to compare with.
        var judged = test.Count >= QualityTargets && test.Sources >= QualitySources;
        var powerless = !judged && context.Weight >= 100;
        var needed = judged || powerless ? 0 : Math.Max(1, QualityTargets - test.Count);
        var observed = test.SourceMean - test.TargetMean;
        var detail = judged
            ? $"Mean score {Plain.Number(test.TargetMean!.Value)} on the target and {Plain.Number(test.SourceMean!.Value)} on the source, over {Plain.Count(test.Count)} target scores; the limit is a drop of {Plain.Number(limit)}."
            : powerless
            ? $"{Plain.Count(test.Count)} of {QualityTargets} target scores compared; at 100 % of traffic no source answers remain to compare with."
            : $"{Plain.Count(test.Count)} of {QualityTargets} target scores compared ({Plain.Count(test.Sources, "source score")}); {Plain.Count(needed)} more are needed.";
        if (test.M >= test.Alarm.Threshold && context.LowUnits < 2)
        {
            detail += context.LowUnits == 0
                ? " No unit that is known had a score that far below the source's, so nothing is rolled back."
                : " All low scores come from one unit, so nothing is rolled back.";
        }

        return new GuardrailReading
        {
            Guardrail = GuardrailKind.QualityScoreDrop,
            Verdict = VerdictOf(test.Alarm, judged, context),
            Evidence = Math.Min(test.M, HighestShown),
            Threshold = test.Alarm.Threshold,
            WatchAt = test.Alarm.WatchAt,
            Limit = limit,
            Samples = test.Count,
            Needed = needed,
            Judged = judged,
            BlocksAdvance = !powerless,
            Observed = observed,
            Baseline = test.SourceMean,
            Detail = detail,
        };
    }

    /// <summary>The verdict: evidence speaks first, then silence, then too little. "Healthy" only of what is judged.</summary>
    private static Verdict VerdictOf(Alarm alarm, bool judged, in ReadingContext context) => alarm switch
    {
        { Breached: true } => Verdict.Breach,
        { Watching: true } => Verdict.Watch,
        _ when context.StepTargetSeen == 0 => Verdict.NoTraffic,
        _ when !judged => Verdict.NotEnoughData,
        _ => Verdict.Healthy,
    };
}

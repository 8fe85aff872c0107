namespace Gateflow.Core.Rollout;

/// <summary>How a judge is saved and taken up again.</summary>
public sealed partial class MigrationJudge
{
    public JudgeState Save() => new()
    {
        Sequence = Sequence,
        Step = Step,
        Weight = Weight,
        StepTargetOutcomes = StepTargetOutcomes,
        StepTargetSeen = StepTargetSeen,
        FirstFailureTicks = _firstFailure,
        OutcomesBeforeFailure = _beforeFailure,
        Counts = [.. _counts],
        FailingUnits = _failing.Save(),
        SlowUnit = _slowUnit,
        SlowUnits = _slowUnits,
        Outages = _outages.Save(),
        ErrorRate = _tests.Error?.Save(),
        ErrorRateAlarm = _tests.Error?.Alarm.Save() ?? default,
        Latency = _tests.Latency?.Save(),
        LatencyAlarm = _tests.Latency?.Alarm.Save() ?? default,
        LatencyHistory = _tests.LatencyHistory?.Save(),
        Quality = _tests.Quality?.Save(),
        QualityAlarm = _tests.Quality?.Alarm.Save() ?? default,
        Split = _split.Save(),
        Breach = Breach,
    };

    /// <summary>Takes over a saved state; a guardrail that the state does not know starts fresh.</summary>
    public void Restore(JudgeState state)
    {
        (Sequence, Step, Weight) = (state.Sequence, state.Step, state.Weight);
        (StepTargetOutcomes, StepTargetSeen, Breach) = (state.StepTargetOutcomes, state.StepTargetSeen, state.Breach);
        (_slowUnit, _slowUnits, _firstFailure, _beforeFailure) = (state.SlowUnit, state.SlowUnits, state.FirstFailureTicks, state.OutcomesBeforeFailure);
        state.Counts.AsSpan(0, Math.Min(state.Counts.Length, _counts.Length)).CopyTo(_counts);
        _failing.Restore(state.FailingUnits);
        _outages.Restore(state.Outages);
        _tests.Restore(state);
        if (state.Split is { } split)
        {
            _split.Restore(split);
        }
    }
}

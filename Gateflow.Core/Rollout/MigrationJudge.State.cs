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
        FirstFailureTicks = Onset?.SinceTicks is > 0 and var since ? since : null,
        OutcomesBeforeFailure = Onset?.Before ?? 0,
        Counts = [.. _counts],
        FailingUnits = _failing.Save(_failingUnits),
        SlowUnit = _slowUnits.First,
        SlowUnits = _slowUnits.AreSeveral,
        LowUnit = _lowUnits.First,
        LowUnits = _lowUnits.AreSeveral,
        LatestTicks = _latest,
        Outages = _outages.Save(),
        OutageTicks = _outages.LastTicks,
        LimitedOutages = _outages.SaveLimited(),
        RefusedOutages = _outages.SaveRefused(),
        PolicyOutages = _outages.SavePolicy(),
        SourceFaults = _sourceFaults.Save(),
        BrokenStreams = _broken.Save(),
        SourceHangUps = _sourceHangUps.Save(),
        HangUps = _tests.HangUps.Save(),
        HangUpAlarm = _tests.HangUps.Alarm.Save(),
        ErrorRate = _tests.Error?.Save(),
        ErrorRateAlarm = _tests.Error?.Alarm.Save() ?? default,
        ErrorRateByOwnArm = _tests.ErrorByOwnArm?.Save(),
        ErrorRateByOwnArmAlarm = _tests.ErrorByOwnArm?.Alarm.Save() ?? default,
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
        _latest = state.LatestTicks;
        _slowUnits.Restore(state.SlowUnit, state.SlowUnits);
        _lowUnits.Restore(state.LowUnit, state.LowUnits);
        _failingUnits.Restore(state.FailingUnits.FirstUnit, state.FailingUnits.Distinct > 1);
        state.Counts.AsSpan(0, Math.Min(state.Counts.Length, _counts.Length)).CopyTo(_counts);
        _failing.Restore(state.FailingUnits);
        _outages.Restore(state);
        if (state.SourceFaults is { } faults)
        {
            _sourceFaults.Restore(faults);
        }

        if (state.SourceHangUps is { } hangUps)
        {
            _sourceHangUps.Restore(hangUps);
        }

        if (state.BrokenStreams is { } broken)
        {
            _broken.Restore(broken);
        }

        _tests.Restore(state);
        if (state.Split is { } split)
        {
            _split.Restore(split);
        }
    }
}

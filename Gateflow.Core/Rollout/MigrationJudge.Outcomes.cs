namespace Gateflow.Core.Rollout;

/// <content>Whose an outcome is: the arm's own, both models', the caller's, or a repetition of what was counted.</content>
public sealed partial class MigrationJudge
{
    private void FoldCancel(in ArmOutcome outcome)
    {
        if (outcome.Arm == Arm.Source)
        {
            _sourceHangUps.Add(happened: true, outcome.AtTicks);
            _tests.Latency?.FoldSource(outcome.LatencyMs, Weight / 100, hungUp: true);
        }
        else if (CountsAgain(outcome, RetryLoop))
        {
            FoldHangUp(hungUp: true);
            FoldLatency(outcome.LatencyMs, outcome.Unit, hungUp: true);
        }
    }

    private void FoldHangUp(bool hungUp)
    {
        _tests.HangUps.Fold(hungUp, 2 * _sourceHangUps.ShareAt(_latest));
        _tests.HangUps.Alarm.Update(_tests.HangUps.M, witnessed: false);
    }

    private void FoldSource(in ArmOutcome outcome)
    {
        _sourceHangUps.Add(happened: false, outcome.AtTicks);
        if (outcome.Kind is OutcomeKind.Success or OutcomeKind.SourceFailure or OutcomeKind.RateLimited or OutcomeKind.BrokenStream)
        {
            _sourceFaults.Add(outcome.FailedFirst || outcome.Kind != OutcomeKind.Success, outcome.AtTicks);
        }

        if (outcome.Kind == OutcomeKind.BrokenStream)
        {
            _broken.OnSource(outcome.AtTicks);
        }
        else if (outcome.Kind == OutcomeKind.Success)
        {
            if (double.IsFinite(outcome.LatencyMs))
            {
                _tests.Latency?.FoldSource(outcome.LatencyMs, Weight / 100);
            }

            FoldQuality(Arm.Source, outcome.Quality, outcome.Unit);
        }
        else if (outcome is { Kind: OutcomeKind.SourceFailure, TimedOut: true })
        {
            _tests.Latency?.FoldSource(double.PositiveInfinity, Weight / 100);
        }
    }

    private void FoldTarget(in ArmOutcome outcome)
    {
        StepTargetSeen++;
        FoldHangUp(hungUp: false);
        if (outcome.Kind == OutcomeKind.Success)
        {
            _outages.Add(null, outcome.AtTicks);
            FoldError(failed: false);
            if (double.IsFinite(outcome.LatencyMs))
            {
                FoldLatency(outcome.LatencyMs, outcome.Unit);
            }

            FoldHistory(outcome.DurationMs);
            FoldQuality(Arm.Target, outcome.Quality, outcome.Unit);
        }
        else if (outcome.Kind == OutcomeKind.BrokenStream && Weight is > 0 and < 100)
        {
            _broken.Add(outcome);
        }
        else if (outcome.Kind is OutcomeKind.TargetFailure or OutcomeKind.BrokenStream)
        {
            FoldFailure(outcome);
        }
        else
        {
            FoldNobodys(outcome);
        }
    }

    private void FoldBroken(in ArmOutcome outcome)
    {
        if (_broken.Excuses(outcome.AtTicks, Weight / 100))
        {
            FoldNobodys(outcome);
        }
        else
        {
            FoldFailure(outcome);
        }
    }

    private void FoldFailure(in ArmOutcome outcome)
    {
        _outages.Add(null, outcome.AtTicks);
        if (!_failing.Counts(RequestOf(outcome), outcome.AtTicks, RetryLoop))
        {
            return;
        }

        _failingUnits.Add(outcome.Unit);
        FoldError(failed: true);
        if (outcome.Kind == OutcomeKind.TargetFailure)
        {
            _sourceFaults.AddInPlace(happened: false, outcome.AtTicks);
        }

        if (outcome.TimedOut)
        {
            FoldLatency(double.PositiveInfinity, outcome.Unit);
            FoldHistory(double.PositiveInfinity);
        }
    }

    /// <summary>An outcome that is nobody's evidence. The same request again is none: it would hold the migration for as long as somebody sends it.</summary>
    private void FoldNobodys(in ArmOutcome outcome)
    {
        if (!CountsAgain(outcome, outcome.Kind is OutcomeKind.ClientFault or OutcomeKind.Policy ? Refused : RetryLoop))
        {
            return;
        }

        _outages.Add(outcome.Kind, outcome.AtTicks);
        if (outcome.Kind == OutcomeKind.OutageBoth)
        {
            _sourceFaults.AddInPlace(outcome.FailedFirst, outcome.AtTicks); // not where the target's open breaker diverts after trouble of both
        }
    }

    /// <summary>False for what became of the same request within that time already.</summary>
    private bool CountsAgain(in ArmOutcome outcome, TimeSpan within) =>
        _failing.Counts(StableHash.Combine(RequestOf(outcome), (ulong)outcome.Kind), outcome.AtTicks, within);

    private static ulong RequestOf(in ArmOutcome outcome) => outcome.Request == 0 ? outcome.Unit : outcome.Request;
}

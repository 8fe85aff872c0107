namespace Gateflow.Core.Rollout;

/// <summary>State of a <see cref="LatencyHistoryTest"/>.</summary>
public sealed record LatencyHistoryState(MixtureState Mixture, long Slow);

/// <summary>
/// What stands in for the latency guardrail where too little of the source's live traffic remains: "at most 5 % of the target's requests
/// take more than r times the 95th percentile that the source had in the same hours before the migration". History does not know what
/// the day is like for both models, so drift does not cancel and the bound on false alarms does not hold: it may hold a step, never roll
/// back. The same engine as the error rate's (Shiryaev mixture with fixed weights). Both sides are whole durations, to the last byte.
/// </summary>
internal sealed class LatencyHistoryTest
{
    private readonly double[] _hit = new double[ShiryaevMixture.Points];
    private readonly double[] _miss = new double[ShiryaevMixture.Points];
    private readonly ShiryaevMixture _mixture;
    private readonly double _ratio;

    /// <param name="ratio">r, above 1.</param>
    /// <param name="alpha">That of the latency guardrail; sets where the step is held.</param>
    /// <param name="expectedTargetRequests">Target requests that the planner expects.</param>
    /// <param name="tailShare">See <see cref="ShiryaevMixture"/>.</param>
    public LatencyHistoryTest(double ratio, double alpha, double expectedTargetRequests, double tailShare)
    {
        OddsGrid.Fill(1 - LatencyTest.Tail, 1.5, 0.95, _hit, _miss);
        _mixture = new ShiryaevMixture(expectedTargetRequests, tailShare);
        _ratio = ratio;
        Alarm = new Alarm(alpha);
    }

    public Alarm Alarm { get; }

    public double M => _mixture.M;

    /// <summary>The source's 95th percentile of the same hours, ms; null when there is none to compare with.</summary>
    public double? Baseline { get; set; }

    public long Count => _mixture.Count;

    public long Slow { get; private set; }

    /// <summary>Folds a target success's whole duration, ms, or a timeout as infinity. Nothing without a baseline.</summary>
    public void Fold(double milliseconds)
    {
        if (Baseline is not { } baseline || double.IsNaN(milliseconds))
        {
            return;
        }

        var slow = milliseconds / _ratio > baseline;
        Slow += slow ? 1 : 0;
        _mixture.Fold(slow ? _hit : _miss);
        Alarm.Update(M, witnessed: false);
    }

    public LatencyHistoryState Save() => new(_mixture.Save(), Slow);

    public void Restore(LatencyHistoryState state)
    {
        _mixture.Restore(state.Mixture);
        Slow = state.Slow;
        Alarm.Update(M, witnessed: false);
    }
}

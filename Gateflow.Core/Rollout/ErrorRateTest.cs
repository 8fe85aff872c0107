namespace Gateflow.Core.Rollout;

/// <summary>State of an <see cref="ErrorRateTest"/>.</summary>
public sealed record ErrorRateState(MixtureState Mixture, long Failures);

/// <summary>
/// Tests "at most p₀ of the target's requests fail where the source would have answered". Points from 1.5·p₀ to 0.95.
/// Exact at any weight, also at 100 %: the source answered the very same request.
/// </summary>
/// <remarks>
/// Where the source itself fails more often than p₀ when it is first asked, its share stands in for p₀: calls of a provider that both share fail at random, and a
/// target that does no worse than the source must not be rolled back for it. The limit of an observation may be any p_t that is known before it: while the chance of
/// a failure is at most p_t each factor's mean is at most 1, so M stays a supermartingale and P(ever M ≥ 1/α) ≤ α (Ville 1939; Waudby-Smith and Ramdas 2023). As p_t is
/// never below p₀ that is exact for a target that keeps its limit; for one above it that is no worse than its source it holds as far as the source's share is known.
/// </remarks>
internal sealed class ErrorRateTest
{
    // Points of the odds grid; above half of all a limit would leave nothing to see of a target that is dead.
    private const double Lowest = 1.5, Highest = 0.95, MostLimit = 0.5;

    private readonly double[] _hit = new double[ShiryaevMixture.Points];
    private readonly double[] _miss = new double[ShiryaevMixture.Points];
    private readonly double[] _raisedHit = new double[ShiryaevMixture.Points];
    private readonly double[] _raisedMiss = new double[ShiryaevMixture.Points];
    private readonly ShiryaevMixture _mixture;
    private readonly double _limit;
    private double _raised;

    /// <param name="limit">p₀, in (0, 1).</param>
    /// <param name="alpha">Chance of a false alarm of this guardrail.</param>
    /// <param name="expectedTargetRequests">Target requests that the planner expects.</param>
    /// <param name="tailShare">See <see cref="ShiryaevMixture"/>.</param>
    public ErrorRateTest(double limit, double alpha, double expectedTargetRequests, double tailShare = 0)
    {
        _limit = limit;
        OddsGrid.Fill(limit, Lowest, Highest, _hit, _miss);
        _mixture = new ShiryaevMixture(expectedTargetRequests, tailShare);
        Alarm = new Alarm(alpha);
    }

    public Alarm Alarm { get; }

    public double M => _mixture.M;

    /// <summary>Counted outcomes.</summary>
    public long Count => _mixture.Count;

    public long Failures { get; private set; }

    /// <summary>Folds one counted outcome.</summary>
    /// <param name="failed">Whether it was a failure.</param>
    /// <param name="sourceFaults">Share of the source's first calls that failed, known before it.</param>
    public void Fold(bool failed, double sourceFaults = 0)
    {
        Failures += failed ? 1 : 0;
        var limit = Math.Min(sourceFaults, MostLimit);
        if (limit <= _limit)
        {
            _mixture.Fold(failed ? _hit : _miss);
            return;
        }

        if (limit.CompareTo(_raised) != 0)
        {
            _raised = limit;
            OddsGrid.Fill(limit, Lowest, Highest, _raisedHit, _raisedMiss);
        }

        _mixture.Fold(failed ? _raisedHit : _raisedMiss);
    }

    public ErrorRateState Save() => new(_mixture.Save(), Failures);

    public void Restore(ErrorRateState state)
    {
        _mixture.Restore(state.Mixture);
        Failures = state.Failures;
    }
}

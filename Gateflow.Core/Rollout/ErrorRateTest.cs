namespace Gateflow.Core.Rollout;

/// <summary>State of an <see cref="ErrorRateTest"/>.</summary>
public sealed record ErrorRateState(MixtureState Mixture, long Failures);

/// <summary>
/// Tests "at most p₀ of the target's requests fail where the source would have answered". Points from 1.5·p₀ to 0.95.
/// Exact at any weight, also at 100 %: the source answered the very same request.
/// </summary>
internal sealed class ErrorRateTest
{
    private readonly double[] _hit = new double[ShiryaevMixture.Points];
    private readonly double[] _miss = new double[ShiryaevMixture.Points];
    private readonly ShiryaevMixture _mixture;

    /// <param name="limit">p₀, in (0, 1).</param>
    /// <param name="alpha">Chance of a false alarm of this guardrail.</param>
    /// <param name="expectedTargetRequests">Target requests that the planner expects.</param>
    /// <param name="tailShare">See <see cref="ShiryaevMixture"/>.</param>
    public ErrorRateTest(double limit, double alpha, double expectedTargetRequests, double tailShare = 0)
    {
        OddsGrid.Fill(limit, 1.5, 0.95, _hit, _miss);
        _mixture = new ShiryaevMixture(expectedTargetRequests, tailShare);
        Alarm = new Alarm(alpha);
    }

    public Alarm Alarm { get; }

    public double M => _mixture.M;

    /// <summary>Counted outcomes.</summary>
    public long Count => _mixture.Count;

    public long Failures { get; private set; }

    public void Fold(bool failed)
    {
        Failures += failed ? 1 : 0;
        _mixture.Fold(failed ? _hit : _miss);
    }

    public ErrorRateState Save() => new(_mixture.Save(), Failures);

    public void Restore(ErrorRateState state)
    {
        _mixture.Restore(state.Mixture);
        Failures = state.Failures;
    }
}

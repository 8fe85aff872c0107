namespace Gateflow.Core.Rollout;

/// <summary>State of a <see cref="LatencyTest"/>: latencies in ms, oldest first.</summary>
public sealed record LatencyState
{
    public required MixtureState Mixture { get; init; }

    public required double[] Source { get; init; }

    public required double[] Target { get; init; }

    public required ShareState Share { get; init; }

    /// <summary>The weight that the share was seen under, 0–1; null before the first request, and in states of before it was kept.</summary>
    public double? Weight { get; init; }

    public long Compared { get; init; }

    public long TargetSlow { get; init; }

    public long SourceSlow { get; init; }
}

/// <summary>
/// Tests "the target's tail latency is at most r times the source's". With c the source's 95th percentile over its last 300
/// successes, known before the request, the events are target latency / r &gt; c (x = 1) and source latency &gt; c (x = 0); the limit on
/// the chance of x = 1 is the target's share among the last 600 requests under the present weight. Drift that both arms share moves both events and cancels.
/// A timeout exceeds every limit, on either arm. Source for the form: design, section 6.
/// </summary>
/// <remarks>
/// Of a caller that hung up only a lower bound is known: beyond the arm's limit it is an exceedance, below it tells nothing but that there was a request. The null
/// hypothesis covers it while callers' patience has nothing to do with the arm: being slower than r·c and waited for longer than r·c is then no likelier on the target
/// than the same with c on the source.
/// </remarks>
/// <param name="ratio">r, above 1.</param>
/// <param name="alpha">Chance of a false alarm of this guardrail.</param>
/// <param name="expectedEvents">Events (slow requests of either arm) that the planner expects.</param>
/// <param name="tailShare">See <see cref="ShiryaevMixture"/>.</param>
internal sealed class LatencyTest(double ratio, double alpha, double expectedEvents, double tailShare = 0)
{
    /// <summary>The quantile that is compared.</summary>
    public const double Tail = 0.95;

    private const int ShareSize = 600;

    // As many requests does the weight itself count for until some are seen under it.
    private const double ShareStart = 50;

    // A share of 0 or 1 would make the other arm's event impossible.
    private const double LeastShare = 0.02;

    private readonly ShiryaevMixture _mixture = new(expectedEvents, tailShare);
    private readonly SortedWindow _source = new(GuardrailMinimums.LatencySources);
    private readonly SortedWindow _target = new(GuardrailMinimums.LatencySources);
    private readonly ShareWindow _share = new(ShareSize);
    private double _weight = double.NaN;

    public Alarm Alarm { get; } = new(alpha);

    public double M => _mixture.M;

    /// <summary>Source successes in the window, at most 300.</summary>
    public int Sources => _source.Count;

    /// <summary>Target requests compared with the source's limit.</summary>
    public long Compared { get; private set; }

    /// <summary>Target requests slower than r times the source's 95th percentile.</summary>
    public long TargetSlow { get; private set; }

    /// <summary>Source requests slower than their own 95th percentile.</summary>
    public long SourceSlow { get; private set; }

    /// <summary>The source's 95th percentile, ms; null before its first success.</summary>
    public double? SourceTail => _source.Count > 0 ? _source.Quantile(Tail) : null;

    /// <summary>The target's 95th percentile, ms, over its last 300 successes; null before the first.</summary>
    public double? TargetTail => _target.Count > 0 ? _target.Quantile(Tail) : null;

    /// <summary>Folds a target success, or a timeout as infinity. True when it was an exceedance.</summary>
    /// <param name="milliseconds">The latency.</param>
    /// <param name="weight">The share of traffic that the target is given now, 0–1.</param>
    /// <param name="hungUp">Whether the caller hung up after that long, so that it is a lower bound; NaN when unknown.</param>
    public bool FoldTarget(double milliseconds, double weight, bool hungUp = false)
    {
        Under(weight);
        var judged = _source.IsFull;
        var slow = judged && milliseconds / ratio > _source.Quantile(Tail);
        Compared += judged && (slow || !hungUp) ? 1 : 0;
        if (slow)
        {
            TargetSlow++;
            Event(onTarget: true, weight);
        }

        _share.Add(true);
        if (double.IsFinite(milliseconds) && !hungUp)
        {
            _target.Add(milliseconds);
        }

        return slow;
    }

    /// <summary>Folds a source success, or a timeout as infinity.</summary>
    public void FoldSource(double milliseconds, double weight, bool hungUp = false)
    {
        Under(weight);
        if (_source.IsFull && milliseconds > _source.Quantile(Tail))
        {
            SourceSlow++;
            Event(onTarget: false, weight);
        }

        _share.Add(false);
        if (double.IsFinite(milliseconds) && !hungUp)
        {
            _source.Add(milliseconds);
        }
    }

    public LatencyState Save() => new()
    {
        Mixture = _mixture.Save(),
        Source = _source.Save(),
        Target = _target.Save(),
        Share = _share.Save(),
        Weight = double.IsNaN(_weight) ? null : _weight,
        Compared = Compared,
        TargetSlow = TargetSlow,
        SourceSlow = SourceSlow,
    };

    public void Restore(LatencyState state)
    {
        _mixture.Restore(state.Mixture);
        _source.Restore(state.Source);
        _target.Restore(state.Target);
        _share.Restore(state.Share);
        (_weight, Compared, TargetSlow, SourceSlow) = (state.Weight ?? double.NaN, state.Compared, state.TargetSlow, state.SourceSlow);
    }

    /// <summary>The share under another weight says nothing of this one: a target that was given more must not look slow for it.</summary>
    private void Under(double weight)
    {
        if (!double.IsNaN(_weight) && weight.CompareTo(_weight) != 0)
        {
            _share.Clear();
        }

        _weight = weight;
    }

    private void Event(bool onTarget, double weight)
    {
        if (weight * 100 > GuardrailMinimums.LatencyMaxWeight)
        {
            return; // the source's window has gone stale: drift would no longer cancel
        }

        var share = (_share.Yes + (weight * ShareStart)) / (_share.Count + ShareStart);
        Span<double> hit = stackalloc double[ShiryaevMixture.Points];
        Span<double> miss = stackalloc double[ShiryaevMixture.Points];
        OddsGrid.Fill(Math.Clamp(share, LeastShare, 1 - LeastShare), 1.3, 1 - LeastShare, hit, miss);
        _mixture.Fold(onTarget ? hit : miss);
    }
}

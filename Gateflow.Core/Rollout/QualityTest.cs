namespace Gateflow.Core.Rollout;

/// <summary>State of a <see cref="QualityTest"/>.</summary>
public sealed record QualityState
{
    public required MixtureState Mixture { get; init; }

    /// <summary>Sum and number of source scores since the last target score.</summary>
    public double PendingSum { get; init; }

    public long PendingCount { get; init; }

    public double SourceSum { get; init; }

    public long SourceCount { get; init; }

    public double TargetSum { get; init; }

    public long TargetCount { get; init; }
}

/// <summary>
/// Tests "the target's mean score is at most d below the source's", scores in [0, 1]: a betting e-process on
/// Z = −d − (x_T − x̄_S), x̄_S the mean of the source scores since the last target score (Waudby-Smith and Ramdas 2023). Fresh source
/// scores each time, because a running mean put in as if it were known makes false alarms. A target score without a source score
/// since the one before is not counted.
/// </summary>
internal sealed class QualityTest(double drop, double alpha, double expectedScores, double tailShare = 0)
{
    private static readonly double[] Bets = [.05, .1, .2, .3, .45, .6, .75, .88];

    private readonly ShiryaevMixture _mixture = new(expectedScores, tailShare);
    private double _pendingSum;
    private long _pendingCount;
    private double _sourceSum;
    private double _targetSum;

    public Alarm Alarm { get; } = new(alpha);

    public double M => _mixture.M;

    /// <summary>Target scores that entered the test.</summary>
    public long Count => _mixture.Count;

    public long Sources { get; private set; }

    public long Targets { get; private set; }

    public double? SourceMean => Sources > 0 ? _sourceSum / Sources : null;

    public double? TargetMean => Targets > 0 ? _targetSum / Targets : null;

    /// <summary>Folds a source score in [0, 1].</summary>
    public void FoldSource(double score)
    {
        Sources++;
        _sourceSum += score;
        _pendingCount++;
        _pendingSum += score;
    }

    /// <summary>Folds a target score in [0, 1].</summary>
    public void FoldTarget(double score)
    {
        Targets++;
        _targetSum += score;
        if (_pendingCount == 0)
        {
            return;
        }

        var z = -drop - (score - (_pendingSum / _pendingCount));
        Span<double> factors = stackalloc double[ShiryaevMixture.Points];
        for (var i = 0; i < factors.Length; i++)
        {
            // Below 1/(1+d) no bet can lose everything.
            factors[i] = Math.Max(1e-9, 1 + (Math.Min(Bets[i], 0.99 / (1 + drop)) * z));
        }

        _mixture.Fold(factors);
        (_pendingSum, _pendingCount) = (0, 0);
    }

    public QualityState Save() => new()
    {
        Mixture = _mixture.Save(),
        PendingSum = _pendingSum,
        PendingCount = _pendingCount,
        SourceSum = _sourceSum,
        SourceCount = Sources,
        TargetSum = _targetSum,
        TargetCount = Targets,
    };

    public void Restore(QualityState state)
    {
        _mixture.Restore(state.Mixture);
        (_pendingSum, _pendingCount) = (state.PendingSum, state.PendingCount);
        (_sourceSum, Sources) = (state.SourceSum, state.SourceCount);
        (_targetSum, Targets) = (state.TargetSum, state.TargetCount);
    }
}

namespace Gateflow.Core.Rollout;

/// <summary>State of a <see cref="QualityTest"/>.</summary>
public sealed record QualityState
{
    public required MixtureState Mixture { get; init; }

    public required ScorePairsState Waiting { get; init; }

    /// <summary>Users\' scores that wait for a partner; null in a state from before there were any.</summary>
    public ScorePairsState? Feedback { get; init; }

    /// <summary>Target scores that entered the test.</summary>
    public long Compared { get; init; }

    public double SourceSum { get; init; }

    public long SourceCount { get; init; }

    public double TargetSum { get; init; }

    public long TargetCount { get; init; }

    /// <summary>Users' scores of the source, for their mean.</summary>
    public double FeedbackSum { get; init; }

    public long FeedbackCount { get; init; }

    /// <summary>The source's mean of late, and that of its users' scores; null in states of older builds.</summary>
    public double? SourceLately { get; init; }

    public double? FeedbackLately { get; init; }
}

/// <summary>
/// Tests "the target's mean score is at most d below the source's", scores in [0, 1]: a betting e-process on Z = −d − (x̄_T − x̄_S) with
/// fresh scores on both sides (<see cref="ScorePairs"/>), because a running mean put in as if it were known makes false alarms. Each
/// bet multiplies by 1 + λ·Z, λ below 1/(1 + d) (Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting,
/// JRSS B 2023), in the mixture of <see cref="ShiryaevMixture"/>.
/// </summary>
internal sealed class QualityTest(double drop, double alpha, double expectedScores, double tailShare = 0)
{
    /// <summary>Stakes of the eight bets.</summary>
    internal static readonly double[] Bets = [.1, .2, .3, .4, .5, .6, .75, .88];

    // Scores that the source's mean of late is taken over, with the newest weighing the most.
    private const int Lately = 32;

    private readonly ShiryaevMixture _mixture = new(expectedScores, tailShare);
    private readonly ScorePairs _pairs = new();
    private readonly ScorePairs _feedback = new();
    private double _sourceSum;
    private double _targetSum;
    private double _feedbackSum;
    private long _feedbackCount;
    private double _sourceLately;
    private double _feedbackLately;

    public Alarm Alarm { get; } = new(alpha);

    public double M => _mixture.M;

    /// <summary>Target scores that entered the test.</summary>
    public long Count { get; private set; }

    public long Sources { get; private set; }

    public long Targets { get; private set; }

    public double? SourceMean => Sources > 0 ? _sourceSum / Sources : null;

    public double? TargetMean => Targets > 0 ? _targetSum / Targets : null;

    /// <summary>Folds a source score in [0, 1].</summary>
    /// <param name="score">The score.</param>
    /// <param name="weight">The target's share of traffic, 0–1.</param>
    public void FoldSource(double score, double weight)
    {
        Sources++;
        _sourceSum += score;
        _sourceLately += (score - _sourceLately) / Math.Min(Sources, Lately);
        _pairs.AddSource(score);
        Compare(_pairs, weight);
    }

    /// <summary>Folds a target score in [0, 1]. True when it lies below the source's mean of late by more than the limit: its unit is a witness.</summary>
    /// <param name="score">The score.</param>
    /// <param name="weight">The target's share of traffic, 0–1.</param>
    public bool FoldTarget(double score, double weight)
    {
        Targets++;
        _targetSum += score;
        _pairs.AddTarget(score);
        Compare(_pairs, weight);
        return IsLow(score, _sourceLately, Sources);
    }

    /// <summary>Folds a user's score in [0, 1], compared with users' scores only; it joins neither mean. True as for <see cref="FoldTarget"/>.</summary>
    /// <param name="arm">Source or target.</param>
    /// <param name="score">The score.</param>
    public bool FoldFeedback(Arm arm, double score)
    {
        if (arm == Arm.Target)
        {
            _feedback.AddTarget(score);
        }
        else
        {
            _feedback.AddSource(score);
            _feedbackSum += score;
            _feedbackCount++;
            _feedbackLately += (score - _feedbackLately) / Math.Min(_feedbackCount, Lately);
        }

        Compare(_feedback, weight: 0.5); // one against one: how often an arm is rated has nothing to do with its weight
        return arm == Arm.Target && IsLow(score, _feedbackLately, _feedbackCount);
    }

    public QualityState Save() => new()
    {
        Mixture = _mixture.Save(),
        Waiting = _pairs.Save(),
        Feedback = _feedback.Save(),
        Compared = Count,
        SourceSum = _sourceSum,
        SourceCount = Sources,
        TargetSum = _targetSum,
        TargetCount = Targets,
        FeedbackSum = _feedbackSum,
        FeedbackCount = _feedbackCount,
        SourceLately = _sourceLately,
        FeedbackLately = _feedbackLately,
    };

    public void Restore(QualityState state)
    {
        _mixture.Restore(state.Mixture);
        _pairs.Restore(state.Waiting);
        if (state.Feedback is { } feedback)
        {
            _feedback.Restore(feedback);
        }

        Count = state.Compared;
        (_sourceSum, Sources) = (state.SourceSum, state.SourceCount);
        (_targetSum, Targets) = (state.TargetSum, state.TargetCount);
        (_feedbackSum, _feedbackCount) = (state.FeedbackSum, state.FeedbackCount);
        _sourceLately = state.SourceLately ?? (Sources > 0 ? _sourceSum / Sources : 0);
        _feedbackLately = state.FeedbackLately ?? (_feedbackCount > 0 ? _feedbackSum / _feedbackCount : 0);
    }

    /// <summary>Before the source has any score the best is expected of it.</summary>
    private bool IsLow(double score, double sourceLately, long sources) => score < (sources > 0 ? sourceLately : 1) - drop;

    private void Compare(ScorePairs pairs, double weight)
    {
        if (!pairs.TryTake(weight, out var difference, out var targets))
        {
            return;
        }

        Count += targets;
        var z = -drop - difference;
        Span<double> factors = stackalloc double[ShiryaevMixture.Points];
        for (var i = 0; i < factors.Length; i++)
        {
            // Below 1/(1+d) no bet can lose everything.
            factors[i] = Math.Max(1e-9, 1 + (Math.Min(Bets[i], 0.99 / (1 + drop)) * z));
        }

        _mixture.Fold(factors);
    }
}

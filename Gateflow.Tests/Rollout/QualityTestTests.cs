using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

public sealed class QualityTestTests
{
    private const double Limit = 0.1;

    [Theory]
    [InlineData(9, 400)]
    [InlineData(1, 800)]
    public void Fold_DropBeyondTheLimit_BreachWithinStatedMedian(int sourcesPerTarget, double atMost)
    {
        var rng = new Random(5);
        var runs = Enumerable.Range(0, 41).Select(_ => Run(rng, drop: 0.155, sourcesPerTarget, targets: 4_000, OneOfThree)).ToList();

        Assert.All(runs, x => Assert.NotNull(x));
        Assert.InRange(Median(runs.Select(x => x!.Value)), 1, atMost);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(1)]
    public void Fold_DropAtTheLimit_FalseAlarmsWithinAlpha(int sourcesPerTarget)
    {
        var rng = new Random(6);

        var alarms = Enumerable.Range(0, 150).Count(_ => Run(rng, Limit, sourcesPerTarget, targets: 1_000, alpha: 0.01) is not null);

        Assert.InRange(alarms, 0, 5);
    }

    [Theory]
    [InlineData(0.5, 1, 1)]
    [InlineData(0.1, 7, 1)]
    [InlineData(0.9, 1, 7)]
    public void Fold_EachScore_ComparedOnceInGroupsOfTheWeight(double weight, int sources, int targets)
    {
        var test = new QualityTest(Limit, OneOfThree, 3_000);
        for (var i = 0; i < targets; i++)
        {
            test.FoldTarget(0, weight);
            Assert.Equal(0, test.Count);
        }

        for (var i = 1; i <= sources; i++)
        {
            test.FoldSource(0.9, weight);
            Assert.Equal(i < sources ? 0 : targets, test.Count);
        }

        test.FoldSource(0.9, weight);
        Assert.Equal(targets, test.Count);
    }

    [Fact]
    public void FoldTarget_SourceHasBecomeBetter_LowIsWhatLiesBelowItsScoresOfLate()
    {
        var test = new QualityTest(Limit, OneOfThree, 3_000);
        for (var i = 0; i < 400; i++)
        {
            test.FoldSource(i < 200 ? 0.2 : 0.9, 0.5);
            test.FoldFeedback(Arm.Source, i < 200 ? 0.2 : 0.9);
        }

        Assert.True(test.FoldTarget(0.7, 0.5) && test.FoldFeedback(Arm.Target, 0.7));
        Assert.False(test.FoldTarget(0.85, 0.5) || test.FoldFeedback(Arm.Target, 0.85));
    }

    [Fact]
    public void Read_NoScoreIsLow_SaysSo()
    {
        var judge = CreateJudge(error: null, quality: Limit);
        for (var i = 0; i < 200; i++)
        {
            judge.FoldScore(Arm.Source, 0.9, (ulong)i);
            judge.FoldScore(Arm.Target, 0.2, 7);
        }

        Assert.Contains("one unit", Assert.Single(judge.Read()).Detail, StringComparison.Ordinal);
        var without = new MigrationJudge(CreateConfig(error: null, quality: Limit), judge.Save() with { LowUnit = null, LowUnits = false });
        Assert.Contains("No unit that is known", Assert.Single(without.Read()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_ScoresThatWait_GoOnAsIfNothingHadHappened()
    {
        var (whole, first) = (new QualityTest(Limit, OneOfThree, 3_000), new QualityTest(Limit, OneOfThree, 3_000));
        foreach (var test in new[] { whole, first })
        {
            test.FoldTarget(0.2, 0.1);
            test.FoldSource(0.7, 0.1);
        }

        var second = new QualityTest(Limit, OneOfThree, 3_000);
        second.Restore(first.Save());
        foreach (var test in new[] { whole, second })
        {
            Enumerable.Range(0, 6).ToList().ForEach(_ => test.FoldSource(0.9, 0.1));
        }

        Assert.Equal(1, second.Count);
        Assert.NotEqual(1, second.M);
        Assert.Equal(whole.M, second.M);
    }

    /// <summary>Target scores until the breach, null for none: a tenth of the answers is worthless (0), the rest good, so that the spread is large.</summary>
    private static int? Run(Random rng, double drop, int sourcesPerTarget, int targets, double alpha)
    {
        // Nine in ten around mean / 0.9, so that the mean is exact.
        double Score(double mean) => rng.NextDouble() < 0.1 ? 0 : (mean / 0.9) + (0.1 * ((2 * rng.NextDouble()) - 1));
        var (test, weight) = (new QualityTest(Limit, alpha, targets), 1.0 / (sourcesPerTarget + 1));
        for (var n = 1; n <= targets; n++)
        {
            for (var i = 0; i < sourcesPerTarget; i++)
            {
                test.FoldSource(Score(0.8), weight);
            }

            test.FoldTarget(Score(0.8 - drop), weight);
            if (test.M >= test.Alarm.Threshold)
            {
                return n;
            }
        }

        return null;
    }
}

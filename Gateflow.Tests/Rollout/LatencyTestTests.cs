using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

public sealed class LatencyTestTests
{
    private const double Limit = 2;

    [Theory]
    [InlineData(0.1, 330)]
    [InlineData(0.5, 820)]
    public void Fold_TargetThreeTimesSlower_BreachWithinStatedMedian(double weight, double atMost)
    {
        var rng = new Random(7);
        var runs = Enumerable.Range(0, 41).Select(_ => Run(rng, weight, slower: 3, targets: 4_000, OneOfThree)).ToList();

        Assert.All(runs, x => Assert.NotNull(x));
        Assert.InRange(Median(runs.Select(x => x!.Value)), 1, atMost);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Fold_TargetAtItsLimit_FalseAlarmsWithinAlpha(double weight)
    {
        var rng = new Random(11);

        var alarms = Enumerable.Range(0, 100).Count(_ => Run(rng, weight, slower: Limit, targets: 1_000, alpha: 0.01) is not null);

        Assert.InRange(alarms, 0, 4);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Fold_BothArmsDrift_NoBreach(double weight)
    {
        var rng = new Random(13);

        var alarms = Enumerable.Range(0, 60).Count(_ => Run(rng, weight, slower: 1, targets: 1_000, alpha: 0.01, drift: i => i < 2_000 ? 1 : 2.5) is not null);

        Assert.InRange(alarms, 0, 2);
    }

    [Fact]
    public void FoldTarget_BeforeThreeHundredSources_NothingIsCompared()
    {
        var test = new LatencyTest(Limit, OneOfThree, 150);
        for (var i = 0; i < 299; i++)
        {
            test.FoldSource(100, 0.5);
            Assert.False(test.FoldTarget(100_000, 0.5));
        }

        Assert.Equal(1, test.M);
        test.FoldSource(100, 0.5);
        Assert.True(test.FoldTarget(100_000, 0.5));
        Assert.Equal(1, test.Compared);
        Assert.NotEqual(1, test.M);
    }

    [Fact]
    public void FoldTarget_WeightRaised_ShareOfTheOldWeightForgotten()
    {
        var (same, raised) = (new LatencyTest(Limit, OneOfThree, 150), new LatencyTest(Limit, OneOfThree, 150));
        for (var i = 0; i < 600; i++)
        {
            same.FoldSource(100, 0.1);
            raised.FoldSource(100, 0.1);
        }

        for (var i = 0; i < 5; i++)
        {
            same.FoldTarget(100_000, 0.1);
            raised.FoldTarget(100_000, 0.8);
        }

        // Five slow requests in a row are rare at a tenth of the traffic, and nothing much at four fifths.
        Assert.InRange(same.M, 100, double.MaxValue);
        Assert.InRange(raised.M, 0, 10);
    }

    [Fact]
    public void Restore_StateOfBeforeTheWeightWasKept_IsTaken()
    {
        var (before, after) = (new LatencyTest(Limit, OneOfThree, 150), new LatencyTest(Limit, OneOfThree, 150));
        before.FoldSource(100, 0.1);

        after.Restore(before.Save() with { Weight = null });

        Assert.Equal((0.1, null), (before.Save().Weight, after.Save().Weight));
        Assert.Equal((1, 100), (after.Sources, after.SourceTail));
    }

    [Fact]
    public void FoldTarget_AboveNinetyPercent_NoEvidence()
    {
        var test = new LatencyTest(Limit, OneOfThree, 150);
        for (var i = 0; i < 600; i++)
        {
            test.FoldSource(100, 0.5);
        }

        for (var i = 0; i < 1_000; i++)
        {
            test.FoldTarget(100_000, 0.91);
        }

        Assert.Equal(1, test.M);
    }

    [Fact]
    public void FoldTarget_Timeout_IsAnExceedanceAndNoLatency()
    {
        var test = new LatencyTest(Limit, OneOfThree, 150);
        for (var i = 0; i < 300; i++)
        {
            test.FoldSource(100, 0.5);
        }

        Assert.True(test.FoldTarget(double.PositiveInfinity, 0.5));
        Assert.Null(test.TargetTail);
        Assert.Equal(1, test.TargetSlow);
    }

    [Fact]
    public void SortedWindow_ManyValuesWithTies_QuantilesAsIfSortedAnew()
    {
        var rng = new Random(3);
        var window = new SortedWindow(50);
        var all = new List<double>();
        for (var i = 0; i < 2_000; i++)
        {
            var x = rng.Next(40);
            all.Add(x);
            window.Add(x);
            var last = all.TakeLast(50).ToList();

            Assert.Equal(last, window.Save());
            Assert.Equal(last.Order().ElementAt((int)(0.95 * last.Count)), window.Quantile(0.95));
        }
    }

    /// <summary>Target requests until the breach, null for none: log-normal latencies (σ 0.8), arms dealt at random.</summary>
    private static int? Run(Random rng, double weight, double slower, int targets, double alpha, Func<int, double>? drift = null)
    {
        var test = new LatencyTest(Limit, alpha, 150);
        for (int i = 0, seen = 0; seen < targets; i++)
        {
            var latency = 900 * (drift?.Invoke(i) ?? 1) * Math.Exp(0.8 * rng.Normal());
            if (rng.NextDouble() >= weight)
            {
                test.FoldSource(latency, weight);
                continue;
            }

            seen++;
            test.FoldTarget(latency * slower, weight);
            if (test.M >= test.Alarm.Threshold)
            {
                return seen;
            }
        }

        return null;
    }
}

using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

public sealed class QualityTestTests
{
    private const double Limit = 0.1;

    [Theory]
    [InlineData(9, 450)]
    [InlineData(1, 1_000)]
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

    [Fact]
    public void FoldTarget_WithoutASourceScoreSinceTheLast_NotCounted()
    {
        var test = new QualityTest(Limit, OneOfThree, 3_000);

        test.FoldTarget(0);
        test.FoldSource(0.9);
        test.FoldTarget(0);
        test.FoldTarget(0);

        Assert.Equal(1, test.Count);
        Assert.Equal(3, test.Targets);
    }

    /// <summary>Target scores until the breach, null for none: a tenth of the answers is worthless (0), the rest good, so that the spread is large.</summary>
    private static int? Run(Random rng, double drop, int sourcesPerTarget, int targets, double alpha)
    {
        // Nine in ten around mean / 0.9, so that the mean is exact.
        double Score(double mean) => rng.NextDouble() < 0.1 ? 0 : (mean / 0.9) + (0.1 * ((2 * rng.NextDouble()) - 1));
        var test = new QualityTest(Limit, alpha, targets);
        for (var n = 1; n <= targets; n++)
        {
            for (var i = 0; i < sourcesPerTarget; i++)
            {
                test.FoldSource(Score(0.8));
            }

            test.FoldTarget(Score(0.8 - drop));
            if (test.M >= test.Alarm.Threshold)
            {
                return n;
            }
        }

        return null;
    }
}

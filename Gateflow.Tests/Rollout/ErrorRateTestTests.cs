using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

/// <summary>Seeded simulations against the medians and the error bound of docs/evidence.md.</summary>
public sealed class ErrorRateTestTests
{
    private const double Limit = 0.05;

    // Medians of the reference with these points: 3, 25, 59, 355 from the start. The bounds are the goals and, later, twice those.
    [Theory]
    [InlineData(1.0, 0, 5)]
    [InlineData(0.3, 0, 28)]
    [InlineData(0.2, 0, 63)]
    [InlineData(0.1, 0, 450)]
    [InlineData(1.0, 4_800, 8)]
    [InlineData(0.3, 4_800, 56)]
    [InlineData(0.2, 4_800, 120)]
    [InlineData(0.1, 4_800, 900)]
    public void Fold_SickTarget_BreachWithinStatedMedian(double errors, int onset, double atMost)
    {
        var rng = new Random(20270104);
        var runs = Enumerable.Range(0, onset == 0 ? 401 : 101).Select(_ => Run(rng, errors, onset, horizon: 5_000, before: 0.01)).ToList();

        Assert.All(runs, x => Assert.True(x > 0, "A run went unseen, or alarmed while the target was healthy."));
        Assert.InRange(Median(runs.Select(x => x!.Value)), 1, atMost);
    }

    // The bound is on the whole run, looked at after every request: at most 1 % of runs, and 3 standard errors of 600 runs on top.
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public void Fold_TargetInsideItsLimit_FalseAlarmsWithinAlpha(double errors)
    {
        const int Runs = 600;
        const double Alpha = 0.01;
        var rng = new Random(42);

        var alarms = Enumerable.Range(0, Runs).Count(_ => Run(rng, errors, onset: 0, horizon: 3_000, before: 0, Alpha) is not null);

        Assert.InRange(alarms, 0, Runs * (Alpha + (3 * Math.Sqrt(Alpha * (1 - Alpha) / Runs))));
    }

    [Fact]
    public void Fold_FirstOutcomes_EvidenceAsReferenceComputesIt()
    {
        // evidence_sim.py's Shiryaev for p0 = .05, n_expected = 6000, on odds_grid with places (i/7)^1.5 instead of i/7.
        var test = new ErrorRateTest(Limit, OneOfThree, 6_000);
        var evidence = new[] { false, false, true, false, true, true }.Select(failed =>
        {
            test.Fold(failed);
            return test.M;
        });

        Assert.Equal(Reference, evidence.Select(x => Math.Round(x, 9)));
    }

    [Fact]
    public void Fold_HundredThousandFailures_EvidenceStaysFiniteAndComesDownAgain()
    {
        var test = new ErrorRateTest(Limit, OneOfThree, 6_000);
        for (var i = 0; i < 100_000; i++)
        {
            test.Fold(failed: true);
        }

        Assert.InRange(test.M, 1e12, double.MaxValue);
        for (var i = 0; i < 100_000; i++)
        {
            test.Fold(failed: false);
        }

        Assert.InRange(test.M, 0, 1);
    }

    [Fact]
    public void Fold_ChangeAfterTheExpectedRequests_SeenOnlyWithATailShare()
    {
        static bool Sees(double tailShare)
        {
            var test = new ErrorRateTest(Limit, OneOfThree, 6_000, tailShare);
            for (var i = 0; i < 30_000; i++)
            {
                test.Fold(failed: i >= 29_980);
            }

            return test.M >= test.Alarm.Threshold;
        }

        Assert.False(Sees(0));
        Assert.True(Sees(0.05));
    }

    private static readonly double[] Reference = [0.792058772, 0.729814467, 1.360347553, 1.12157138, 3.561976001, 22.901646185];

    /// <summary>Requests after the onset until the breach; negative when before it; null when there was none.</summary>
    private static int? Run(Random rng, double errors, int onset, int horizon, double before, double alpha = OneOfThree)
    {
        var test = new ErrorRateTest(Limit, alpha, 6_000);
        for (var n = 1; n <= onset + horizon; n++)
        {
            test.Fold(rng.NextDouble() < (n <= onset ? before : errors));
            if (test.M >= test.Alarm.Threshold)
            {
                return n - onset;
            }
        }

        return null;
    }
}

using Gateflow.Benchmarks.MigrationsSim;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Rollout;

/// <summary>The most telling rows of the benchmark <c>migrations-sim</c>, with few runs: whole migrations through judge and step decision. docs/evidence.md has the full ones.</summary>
public sealed class SimulatedMigrationsTests
{
    private const double Rate = 600;

    private static readonly RollbackThreshold Limits = new() { ErrorRate = 0.05, LatencyP99Increase = 2, QualityScoreDrop = 0.1 };
    private static readonly MigrationConfig Canary = new() { RollbackThreshold = Limits };
    private static readonly Arrivals Bursty = Arrivals.Fitted(1);

    [Fact]
    public void Run_HealthyTargetInUnsteadyWeather_CompletesWhereNaiveRulesRollBack()
    {
        var results = Enumerable.Range(0, 30).Select(i =>
            new MigrationRun(Canary, Rate, new World { Weather = true, Repeats = 0.75 }, Bursty, (ulong)i, naive: true).Run()).ToList();

        Assert.All(results, r => Assert.Equal((RunEnd.Completed, 100.0), (r.End, r.Weight)));
        Assert.InRange(results.Count(r => r.Naive![0]), 27, 30);
    }

    [Fact]
    public void Run_BothArmsDriftInMidStep_NotRolledBack()
    {
        var world = new World { Weather = true, Drift = 2.5, DriftAt = 2.5 };

        var results = Enumerable.Range(0, 30).Select(i => new MigrationRun(Canary, Rate, world, Bursty, (ulong)i).Run()).ToList();

        Assert.DoesNotContain(results, r => r.End == RunEnd.RolledBack);
    }

    // The bound holds at the limit itself, through all steps: at most a third of 1 %, so 60 runs hardly ever have two.
    [Theory]
    [InlineData(0.05, 1, 0.8)]
    [InlineData(null, 2, 0.8)]
    [InlineData(null, 1, 0.7)]
    public void Run_TargetExactlyAtALimit_RolledBackWithinAlpha(double? errors, double slower, double score)
    {
        var world = new World { TargetErrors = errors, Slower = slower, Scores = new ScoreTable(score, 0.25) };

        var rolledBack = Enumerable.Range(0, 60).Count(i => new MigrationRun(Canary, Rate, world, Bursty, (ulong)i).Run().End == RunEnd.RolledBack);

        Assert.InRange(rolledBack, 0, 1);
    }

    // Bounds: the goals of docs/evidence.md and three standard errors of a median of 61 runs.
    [Theory]
    [InlineData(50, 0.3, 1, 0.8, 35)]
    [InlineData(50, 0.1, 1, 0.8, 560)]
    [InlineData(10, null, 3, 0.8, 330)]
    [InlineData(50, null, 3, 0.8, 820)]
    [InlineData(10, null, 1, 0.645, 420)]
    [InlineData(50, null, 1, 0.645, 800)]
    public void Run_IllTargetAtOneWeight_RolledBackWithinStatedMedian(double weight, double? errors, double slower, double score, double atMost)
    {
        var world = new World { TargetErrors = errors, Slower = slower, Scores = new ScoreTable(score, 0.25) };

        var results = Enumerable.Range(0, 61).Select(i => AtWeight(weight, world, i, 10_000)).ToList();

        Assert.All(results, r => Assert.Equal(RunEnd.RolledBack, r.End));
        Assert.InRange(Outcomes.Median(results.Select(r => (int)r.SinceOnset)), 1, atMost);
    }

    [Fact]
    public void Run_BothArmsFail_HeldNeverRolledBack()
    {
        var results = Enumerable.Range(0, 61).Select(i => AtWeight(50, new World { Outage = 0.3 }, i, 1_000)).ToList();

        Assert.DoesNotContain(results, r => r.End == RunEnd.RolledBack);
        Assert.InRange(Outcomes.Median(results.Select(r => (int)r.HeldAfter!.Value)), 3, 20);
    }

    [Fact]
    public void Run_SlowTargetAboveNinetyPercent_HeldByTheSourcesHistoryNeverRolledBack()
    {
        var results = Enumerable.Range(0, 11).Select(i => AtWeight(95, new World { Slower = 3 }, i, 1_000)).ToList();

        Assert.DoesNotContain(results, r => r.End == RunEnd.RolledBack);
        Assert.All(results, r => Assert.NotNull(r.HeldAfter));
    }

    [Fact]
    public void Run_SameSeed_SameEnd()
    {
        var world = new World { Weather = true, TargetErrors = 0.1, Onset = 300 };

        var (first, second) = (AtWeight(50, world, 9, 5_000), AtWeight(50, world, 9, 5_000));

        Assert.Equal((first.End, first.SinceOnset, first.Requests), (second.End, second.SinceOnset, second.Requests));
    }

    private static RunResult AtWeight(double weight, World world, int seed, long most)
    {
        var config = new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(weight, 43_200)], RollbackThreshold = Limits };
        return new MigrationRun(config, Rate, world, Bursty, (ulong)seed, planned: 7_800).Run(world.Onset + most);
    }
}

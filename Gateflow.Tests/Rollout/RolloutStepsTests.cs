using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Rollout;

public sealed class RolloutStepsTests
{
    [Fact]
    public void Compile_DefaultCanary_TenToHundredByTen()
    {
        var steps = RolloutSteps.Compile(new MigrationConfig());

        Assert.Equal([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], steps.Select(x => x.Weight));
        Assert.All(steps.SkipLast(1), x => Assert.Equal(TimeSpan.FromMinutes(60), x.Hold));
        Assert.Equal(TimeSpan.Zero, steps[^1].Hold);
        Assert.All(steps, x => Assert.True(x.Mirror is null && !x.Gate));
    }

    [Theory]
    [InlineData(5, 30, "5 35 65 95 100")]
    [InlineData(33.3, 33.3, "33.3 66.6 99.9 100")]
    [InlineData(100, 10, "100")]
    [InlineData(60, 0, "60 100")]
    [InlineData(0, 50, "50 100")]
    [InlineData(250, 10, "100")]
    public void Compile_Canary_NeverAboveAndEndsAtHundredOnce(double first, double increase, string expected) =>
        Assert.Equal(expected, string.Join(' ', RolloutSteps.Compile(new MigrationConfig { CanaryPercentage = first, IncreaseStep = increase }).Select(x => FormattableString.Invariant($"{x.Weight}"))));

    [Fact]
    public void Compile_TinyIncrease_ListStaysBounded()
    {
        var steps = RolloutSteps.Compile(new MigrationConfig { CanaryPercentage = 0.1, IncreaseStep = 1e-9 });

        Assert.Equal(1_000, steps.Count);
        Assert.Equal([0.1, 0.2, 0.3], steps.Take(3).Select(x => x.Weight));
        Assert.Equal(10, steps[0].WeightInBuckets);
    }

    // Where approvals are asked for and no step has a gate: before 100 %, at an own gate where there is one, and never before the copies of a shadow phase alone.
    [Theory]
    [InlineData(Strategy.Canary, null, "10 20 30 40 50 60 70 80 90! 100")]
    [InlineData(Strategy.Instant, null, "0! 100")]
    [InlineData(Strategy.Shadow, Strategy.Instant, "0! 0! 100")]
    [InlineData(Strategy.Steps, null, "5! 50 100")]
    public void Compile_ApprovalsRequired_DefaultGate(Strategy strategy, Strategy? then, string expected)
    {
        var config = new MigrationConfig { Strategy = strategy, Then = then, ApprovalsRequired = 2, Steps = [new StepConfig(5, 1, Gate: true), new StepConfig(50, 1)] };

        Assert.Equal(expected, string.Join(' ', RolloutSteps.Compile(config).Select(x => FormattableString.Invariant($"{x.Weight}{(x.Gate ? "!" : "")}"))));
    }

    [Theory]
    [InlineData(true, "5! 50 100")]
    [InlineData(false, "5 50! 100")]
    public void Compile_ApprovalsRequired_StepsWithTrafficThatMirrorAreStepsLikeOthers(bool gated, string expected)
    {
        var config = new MigrationConfig { Strategy = Strategy.Steps, ApprovalsRequired = 2, Steps = [new StepConfig(5, 1, gated, Mirror: 10), new StepConfig(50, 1, Mirror: 10)] };

        Assert.Equal(expected, string.Join(' ', RolloutSteps.Compile(config).Select(x => FormattableString.Invariant($"{x.Weight}{(x.Gate ? "!" : "")}"))));
    }

    [Fact]
    public void Compile_Instant_OneStep() =>
        Assert.Equal([new RolloutStep { Weight = 100 }], RolloutSteps.Compile(new MigrationConfig { Strategy = Strategy.Instant }));

    [Fact]
    public void Compile_Shadow_MirrorsThenGateThenCanary()
    {
        var steps = RolloutSteps.Compile(new MigrationConfig { Strategy = Strategy.Shadow, DurationHours = 24, Mirror = new MirrorConfig(25), IncreaseStep = 45 });

        Assert.Equal(new RolloutStep { Mirror = 25, Weight = 0, Hold = TimeSpan.FromHours(24), Gate = true }, steps[0]);
        Assert.Equal([0, 10, 55, 100], steps.Select(x => x.Weight));
    }

    [Theory]
    [InlineData(Strategy.Instant, "0 100")]
    [InlineData(Strategy.Steps, "0 20 100")]
    [InlineData(Strategy.Shadow, "0 10 55 100")]
    public void Compile_ShadowThen_ItsSteps(Strategy then, string expected) =>
        Assert.Equal(expected, Weights(new MigrationConfig { Strategy = Strategy.Shadow, Then = then, IncreaseStep = 45, Steps = [new StepConfig(20, 5)] }));

    [Theory]
    [InlineData(null, "100")]
    [InlineData(Strategy.Canary, "10 55 100")]
    [InlineData(Strategy.Shadow, "0 10 55 100")]
    [InlineData(Strategy.Scheduled, "100")]
    public void Compile_Scheduled_IsItsThen(Strategy? then, string expected) =>
        Assert.Equal(expected, Weights(new MigrationConfig { Strategy = Strategy.Scheduled, Then = then, IncreaseStep = 45 }));

    [Fact]
    public void Compile_OwnSteps_EndAtTheFirstHundred()
    {
        var steps = RolloutSteps.Compile(new MigrationConfig
        {
            Strategy = Strategy.Steps,
            Steps = [new StepConfig(5, 0.05, Gate: true), new StepConfig(120, 30), new StepConfig(50, 1), new StepConfig(100, 1)],
        });

        Assert.Equal(
            [new RolloutStep { Weight = 5, Hold = TimeSpan.FromSeconds(3), Gate = true }, new RolloutStep { Weight = 100, Hold = TimeSpan.FromMinutes(30) }],
            steps);
    }

    [Fact]
    public void Compile_OwnStepsEmpty_Instant() => Assert.Equal("100", Weights(new MigrationConfig { Strategy = Strategy.Steps }));

    private static string Weights(MigrationConfig config) => string.Join(' ', RolloutSteps.Compile(config).Select(x => x.Weight));
}

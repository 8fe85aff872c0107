using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

/// <summary>What the planner promises to see, held against the product's own judge on simulated traffic.</summary>
public sealed class PowerTests
{
    private static readonly MigrationConfig Plan = new()
    {
        Strategy = Strategy.Steps,
        Steps = [new StepConfig(10, 60), new StepConfig(50, 60)],
        SoakMinutes = 0,
        MinSamples = 0,
    };

    [Theory]
    [InlineData(GuardrailKind.ErrorRate, 600)]
    [InlineData(GuardrailKind.ErrorRate, 6_000)]
    [InlineData(GuardrailKind.LatencyP99Increase, 3_000)]
    [InlineData(GuardrailKind.QualityScoreDrop, 600)]
    [InlineData(GuardrailKind.QualityScoreDrop, 6_000)]
    public void Detectable_OfThatSizeIsCaughtByAboutHalf_TwiceTheExcessByNearlyAll(GuardrailKind guardrail, int perHour)
    {
        var config = Plan with { RollbackThreshold = Limits(guardrail) };
        var forecast = Forecast.Estimate(config, perHour);
        var size = Size(guardrail, forecast.Detectable)!.Value;

        Assert.InRange(Caught(config, guardrail, size, perHour), 0.25, 0.9);
        Assert.InRange(Caught(config, guardrail, Larger(guardrail, size), perHour), 0.9, 1);
    }

    [Fact]
    public void Detectable_GrowsFinerStepByStep_AndNothingIsPromisedWithoutSourceTraffic()
    {
        var all = new RollbackThreshold { ErrorRate = 0.05, LatencyP99Increase = 2, QualityScoreDrop = 0.1 };
        var steps = Forecast.Estimate(new MigrationConfig { RollbackThreshold = all }, 3_000).Steps;

        Assert.True(steps[0].Detectable.ErrorRate > steps[4].Detectable.ErrorRate && steps[4].Detectable.ErrorRate > steps[^1].Detectable.ErrorRate);
        Assert.Equal(steps[8].Detectable.LatencyRatio, steps[9].Detectable.LatencyRatio); // at 100 % nothing is compared
        var instant = Forecast.Estimate(new MigrationConfig { Strategy = Strategy.Instant, SoakMinutes = 60, RollbackThreshold = all }, 3_000).Detectable;
        Assert.Equal((true, null, null), (instant.ErrorRate is not null, instant.LatencyRatio, instant.QualityDrop));
    }

    private static RollbackThreshold Limits(GuardrailKind guardrail) => guardrail switch
    {
        GuardrailKind.ErrorRate => new() { ErrorRate = 0.05 },
        GuardrailKind.LatencyP99Increase => new() { LatencyP99Increase = 2 },
        _ => new() { QualityScoreDrop = 0.1 },
    };

    private static double? Size(GuardrailKind guardrail, Detectable detectable) => guardrail switch
    {
        GuardrailKind.ErrorRate => detectable.ErrorRate,
        GuardrailKind.LatencyP99Increase => detectable.LatencyRatio,
        _ => detectable.QualityDrop,
    };

    private static double Larger(GuardrailKind guardrail, double size) => guardrail switch
    {
        GuardrailKind.ErrorRate => 0.05 + (2 * (size - 0.05)),
        GuardrailKind.LatencyP99Increase => 2 + (3 * (size - 2)),
        _ => 0.1 + (2 * (size - 0.1)),
    };

    /// <summary>The share of simulated rollouts that the judge breaks off. The steps at 10 and 50 % last an hour each, the compiled last one no time.</summary>
    private static double Caught(MigrationConfig config, GuardrailKind guardrail, double size, int perHour)
    {
        const int Runs = 60;
        var (rng, caught) = (new Random(4), 0);
        for (var run = 0; run < Runs; run++)
        {
            var judge = new MigrationJudge(new JudgeConfig { RollbackThreshold = config.RollbackThreshold, Alpha = config.Alpha });
            foreach (var (step, weight) in new[] { 10.0, 50 }.Index())
            {
                judge.BeginStep(step, weight);
                for (var i = 0; i < perHour && judge.Breach is null; i++)
                {
                    judge.Fold(One(rng, guardrail, size, weight, (step * 3600) + (i * 3600.0 / perHour)));
                }
            }

            caught += judge.Breach is null ? 0 : 1;
        }

        return (double)caught / Runs;
    }

    private static ArmOutcome One(Random rng, GuardrailKind guardrail, double size, double weight, double seconds)
    {
        var (arm, unit) = (rng.NextDouble() * 100 < weight ? Arm.Target : Arm.Source, (ulong)rng.NextInt64());
        var target = arm == Arm.Target;
        return guardrail switch
        {
            GuardrailKind.ErrorRate => Outcome(arm, target && rng.NextDouble() < size ? OutcomeKind.TargetFailure : OutcomeKind.Success, unit, seconds),
            GuardrailKind.LatencyP99Increase => Outcome(arm, unit: unit, seconds: seconds, latency: (target ? size : 1) * 500 * Math.Exp(Power.LatencySigma * rng.Normal())),
            _ => Outcome(arm, unit: unit, seconds: seconds, quality: Math.Clamp(0.6 - (target ? size : 0) + (Power.ScoreDeviation * rng.Normal()), 0, 1)),
        };
    }
}

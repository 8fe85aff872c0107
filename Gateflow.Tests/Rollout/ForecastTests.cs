using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

public sealed class ForecastTests
{
    [Fact]
    public void Estimate_DefaultCanaryWithTraffic_HoldsDecideAndSoakIsIncluded()
    {
        var forecast = Forecast.Estimate(new MigrationConfig(), 600);

        Assert.Equal(10, forecast.Steps.Count);
        Assert.Equal(10, forecast.Hours!.Value, 6);
        Assert.Equal([60, 120, 180, 240, 300, 360, 420, 480, 540, 600], forecast.Steps.Select(x => Math.Round(x.TargetRequests!.Value, 6)));
        Assert.Equal(3_300, forecast.TargetRequests!.Value, 6);
        Assert.Equal(6_600, forecast.ExpectedTargetRequests);
    }

    [Fact]
    public void Estimate_ThinTraffic_SamplesDecide()
    {
        var forecast = Forecast.Estimate(new MigrationConfig { IncreaseStep = 90 }, 10);

        Assert.Equal([50, 5], forecast.Steps.Select(x => Math.Round(x.Hours!.Value, 6)));
        Assert.Equal(Forecast.FewestExpected, forecast.ExpectedTargetRequests);
    }

    [Theory]
    [InlineData(2026)]
    [InlineData(9999)]
    public void Estimate_BeyondTheCalendar_HasNoDatesAndNoFault(int year)
    {
        var config = new MigrationConfig { Strategy = Strategy.Steps, Steps = [.. Enumerable.Range(0, 100).Select(i => new StepConfig(i + 1, 43_200))], MinSamples = 7_000, Windows = [new TimeWindow([], new(9, 0), new(17, 0), "UTC")] };

        Assert.Equal(100, Forecast.Estimate(config, TrafficProfile.Even(0.01), new DateTimeOffset(year, 12, 31, 23, 0, 0, TimeSpan.Zero)).Steps.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.0)]
    public void Estimate_TrafficUnknown_UnknownNotZero(double? rate)
    {
        var forecast = Forecast.Estimate(new MigrationConfig(), rate);

        Assert.Null(forecast.Hours);
        Assert.Null(forecast.TargetRequests);
        Assert.Null(forecast.DetectableErrorRate);
        Assert.Equal(Forecast.FewestExpected, forecast.ExpectedTargetRequests);
    }

    [Fact]
    public void Estimate_Shadow_CountsMirroredRequests()
    {
        var step = Forecast.Estimate(new MigrationConfig { Strategy = Strategy.Shadow, DurationHours = 2, Mirror = new MirrorConfig(50) }, 100).Steps[0];

        Assert.Equal((2, 100), (step.Hours!.Value, step.TargetRequests!.Value));
    }

    // The forecast is an expectation: a target that fails at the rate it names is caught by about half of the runs of that length.
    [Theory]
    [InlineData(100)]
    [InlineData(1_000)]
    public void Estimate_DetectableErrorRate_AboutHalfOfTheRunsAreCaught(double requests)
    {
        var config = new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(100, 60)], SoakMinutes = 0 };
        var rate = Forecast.Estimate(config, requests).DetectableErrorRate!.Value;
        var rng = new Random(17);

        var caught = Enumerable.Range(0, 300).Count(_ =>
        {
            var test = new ErrorRateTest(0.05, config.Alpha, Forecast.FewestExpected);
            for (var i = 0; i < requests && test.M < test.Alarm.Threshold; i++)
            {
                test.Fold(rng.NextDouble() < rate);
            }

            return test.M >= test.Alarm.Threshold;
        });

        Assert.InRange(rate, 0.05, 0.5);
        Assert.InRange(caught / 300.0, 0.35, 0.85);
    }

    [Fact]
    public void Estimate_FewRequestsOrNoGuardrail_NothingDetectable()
    {
        var config = new MigrationConfig { Strategy = Strategy.Instant, MinSamples = 2, SoakMinutes = 0 };

        Assert.Null(Forecast.Estimate(config, 1_000).DetectableErrorRate);
        Assert.Null(Forecast.Estimate(new MigrationConfig { RollbackThreshold = new RollbackThreshold { QualityScoreDrop = 0.1 } }, 1_000).DetectableErrorRate);
    }
}

using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Tests.Migrations;

public sealed class ForecastingTests
{
    private static readonly MigrationConfig Quick = new() { CanaryPercentage = 50, IncreaseStep = 50, IncreaseIntervalMinutes = 1 };

    [Theory]
    [InlineData(20_000.0, 100.0, 20_000.0)] // over in minutes: the moment counts
    [InlineData(10.0, 100.0, 100.0)] // the moment is too thin to end it within hours: the mean
    [InlineData(0.0, 100.0, 100.0)]
    [InlineData(20.0, null, 20.0)]
    [InlineData(0.0, null, null)]
    public void Choose_QuickRollout_TakesTheRateThatItWillMeet(double present, double? mean, double? expected) =>
        Assert.Equal(expected, Forecasting.Choose(Quick, present, mean));

    [Fact]
    public void Choose_LongRollout_TakesTheMean() =>
        Assert.Equal(100, Forecasting.Choose(new MigrationConfig(), 20_000, 100));
}

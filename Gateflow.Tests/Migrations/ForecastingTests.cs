using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;
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

    /// <summary>A steadier source lets a smaller slowing be seen, and the forecast says what it rests on.</summary>
    [Fact]
    public void Foretell_SourceWithKnownLatencies_RestsOnTheirSpread()
    {
        var config = Quick with { IncreaseIntervalMinutes = 60, RollbackThreshold = new RollbackThreshold { LatencyP99Increase = 2 } };
        var steady = Foretell(new Percentiles(500, 500 * Math.Exp(1.645 * 0.3), 1_200, 2_000), requests: 1_000);
        var wild = Foretell(new Percentiles(500, 500 * Math.Exp(1.645 * 1.2), 9_000, 20_000), requests: 1_000);
        var few = Foretell(new Percentiles(500, 500 * Math.Exp(1.645 * 0.3), 1_200, 2_000), requests: 199);

        Assert.True(steady.Result.Detectable.LatencyRatio < few.Result.Detectable.LatencyRatio && few.Result.Detectable.LatencyRatio < wild.Result.Detectable.LatencyRatio);
        Assert.Contains(steady.Assumptions, a => a.Contains("as the source's own did (σ 0.3)", StringComparison.Ordinal));
        Assert.Contains(few.Assumptions, a => a.Contains("a spread of 0.8 (too few were seen)", StringComparison.Ordinal));

        ForecastView Foretell(Percentiles latency, long requests) =>
            Forecasting.Foretell(config, 3_000, new UsageAnalysis { UsagePeriod = "30d", TotalRequests = requests, LatencyMs = latency }, null, null, DateTimeOffset.UnixEpoch);
    }
}

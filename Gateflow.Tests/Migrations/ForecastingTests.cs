using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Migrations;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

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

    /// <summary>Scores that hardly differ let a smaller drop be seen, and the forecast says which spread it took.</summary>
    [Fact]
    public void Foretell_SourceWithKnownScores_RestsOnTheirSpread()
    {
        var config = Quick with { IncreaseIntervalMinutes = 60, RollbackThreshold = new RollbackThreshold { QualityScoreDrop = 0.1 } };
        var (steady, few, wild) = (Foretell(new ScoreSpread(4_000, 0.9, 0.1)), Foretell(new ScoreSpread(199, 0.9, 0.1)), Foretell(new ScoreSpread(4_000, 0.6, 0.4)));

        Assert.True(steady.Result.Detectable.QualityDrop < few.Result.Detectable.QualityDrop && few.Result.Detectable.QualityDrop < wild.Result.Detectable.QualityDrop);
        Assert.Equal(few.Result.Detectable, Foretell(null).Result.Detectable);
        Assert.Equal((new ForecastScores(0.1, "measured", 4_000), new ForecastScores(0.25, "assumed", 199)), (steady.ScoreSpread, few.ScoreSpread));
        Assert.Contains(steady.Assumptions, a => a.Contains("as the source's own 4,000 did (σ 0.1)", StringComparison.Ordinal));
        Assert.Contains(few.Assumptions, a => a.Contains("a spread of 0.25 (too few were seen)", StringComparison.Ordinal));

        ForecastView Foretell(ScoreSpread? scores) =>
            Forecasting.Foretell(config, 3_000, new UsageAnalysis { UsagePeriod = "30d", TotalRequests = 5_000, Scores = scores }, null, null, DateTimeOffset.UnixEpoch);
    }

    /// <summary>Hours of a week that were seen once, or not at all, are no profile.</summary>
    [Theory]
    [InlineData(13, "mean")]
    [InlineData(15, "hour_of_week")]
    public void Foretell_UseSinceSomeDays_FollowsTheWeekFromTwoOn(int days, string traffic)
    {
        var now = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        var usage = new UsageAnalysis
        {
            UsagePeriod = "30d", PeriodStart = now.AddDays(-30), PeriodEnd = now, FirstHour = now.AddDays(-days), TotalRequests = 16_800, RequestsPerHour = 50, HourOfWeek = [.. Enumerable.Repeat(100L, 168)],
        };

        Assert.Equal(traffic, Forecasting.Foretell(new MigrationConfig(), null, usage, null, null, now).Traffic);
    }

    /// <summary>The copies are what the source answers besides; the target's own share of the traffic is paid in any case. Its tokens are counted its way.</summary>
    [Fact]
    public void Foretell_MirroredSteps_CostTheirCopiesInTheTargetsTokens()
    {
        var usage = new UsageAnalysis { UsagePeriod = "30d", TotalRequests = 1_000, InputTokens = 1_000_000, OutputTokens = 0 };
        var source = ModelCatalog.Embedded.Find("gpt-4o")! with { InputPrice = 1 };
        var config = new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(20, 60, Mirror: 50), new StepConfig(100, 0)], MinSamples = 0, SoakMinutes = 0 };

        var money = Forecasting.Foretell(config, 1_000, usage, source, source with { TokenFactor = 1.3 }, DateTimeOffset.UnixEpoch).Money;

        Assert.Equal(400 * 0.0013m, money.Shadow); // half of the 80 % that the source answers, in an hour
        Assert.Equal(money.ReplayRequests * (0.001m + 0.0013m), money.Replay);
    }

    /// <summary>By real HTTP: answers of the source are scored, logged, analysed and foretold with.</summary>
    [Fact]
    public async Task Forecast_SourceWasAnswering_TellsTheSpreadOfItsOwnScores()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        await using (var db = await gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken))
        {
            for (var i = 0; i < 400; i++)
            {
                db.Add(Row(i, ManagedGateflow.Source, quality: i % 2 == 0 ? 1 : 0.8));
                db.Add(Row(400 + i, ManagedGateflow.Target, quality: 0.1)); // another model's answers
            }

            db.Add(Row(800, ManagedGateflow.Source, quality: null));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var id = await gateflow.DraftAsync("""{"rollback_threshold": {"quality_score_drop": 0.1}}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/analysis");
        var forecast = await gateflow.MustAsync("GET", $"/migrations/{id}/forecast");

        var spread = forecast["score_spread"]!;
        Assert.Equal((0.1, "measured", 400), (spread["deviation"]!.GetValue<double>(), ManagedGateflow.Text(spread, "from"), spread["scores"]!.GetValue<int>()));

        RequestRow Row(int i, string model, double? quality) => new()
        {
            Id = $"req_{i}", At = now.AddSeconds(-i), KeyId = "key_1", RequestedModel = ManagedGateflow.Source, Model = ManagedGateflow.Source, ServedModel = model, Status = 200, Quality = quality,
        };
    }
}

using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Tests.Usage;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

public sealed class SourceHistoryTests
{
    private static readonly DateTimeOffset Started = new(2027, 1, 20, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task TailAsync_SameHoursBeforeTheStart_NothingElse()
    {
        using var database = await UsageDatabase.CreateAsync();
        var now = new DateTimeOffset(2027, 1, 20, 14, 10, 0, TimeSpan.Zero);
        await database.AddAsync(
            Hour(Started.AddDays(-1), 14, 200, 1_000),
            Hour(Started.AddDays(-13), 15, 200, 1_000),
            Hour(Started, 14, 500, 90_000), // after the start
            Hour(Started.AddDays(-1), 3, 500, 90_000), // at night
            Hour(Started.AddDays(-15), 14, 500, 90_000), // too old
            Hour(Started.AddDays(-1), 14, 500, 90_000, served: "gpt-4o")); // answered by another
        var history = new SourceHistory(database);

        Assert.Equal(1_000, (await history.TailAsync("gpt-4", new MigrationScope(), Started, now, TestContext.Current.CancellationToken))!.Value, 20.0);
        Assert.Null(await history.TailAsync("gpt-4", new MigrationScope(), Started, now.AddHours(-5), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Refresh_PartOfTheTraffic_IsComparedWithItsOwnHistory()
    {
        using var database = await UsageDatabase.CreateAsync();
        await database.AddAsync(Hour(Started.AddDays(-1), 9, 400, 1_000, feature: "chat"), Hour(Started.AddDays(-1), 9, 4_000, 90_000, feature: "reports"));
        var migration = new Migration { Id = "mig_1", SourceModel = "gpt-4", CreatedAt = Started, CreatedBy = "tester" };
        migration.Configure("gpt-4o", new MigrationConfig { Strategy = Strategy.Instant, RollbackThreshold = new() { LatencyP99Increase = 3 }, Scope = new() { Features = ["chat"] } }, [], "tester", Started);
        Assert.Null(migration.Execute("tester", Started));
        var (history, judge) = (new SourceHistory(database), new Judge());
        judge.Arm("mig_1", CreateConfig(null, 3));
        judge.BeginStep("mig_1", 0, 100);

        await history.RefreshAsync([migration], judge, Started, TestContext.Current.CancellationToken);

        Assert.Equal(1_000, judge.Read("mig_1")!.Readings[0].Baseline!.Value, 20.0);
    }

    [Fact]
    public async Task Refresh_LimitsTightenedWithinTheHour_JudgeHasItsHistoryAgain()
    {
        using var database = await UsageDatabase.CreateAsync();
        await database.AddAsync(Hour(Started.AddDays(-1), 9, 400, 1_000));
        var migration = new Migration { Id = "mig_1", SourceModel = "gpt-4", CreatedAt = Started, CreatedBy = "tester" };
        migration.Configure("gpt-4o", new MigrationConfig { Strategy = Strategy.Instant, SoakMinutes = 60, RollbackThreshold = new() { LatencyP99Increase = 3 } }, [], "tester", Started);
        Assert.Null(migration.Execute("tester", Started));
        var (history, judge) = (new SourceHistory(database), new Judge());
        judge.Arm("mig_1", CreateConfig(null, 3));
        judge.BeginStep("mig_1", 0, 100);
        await history.RefreshAsync([migration], judge, Started, TestContext.Current.CancellationToken);
        Assert.Equal(1_000, Baseline(), 20.0);

        judge.Tighten("mig_1", CreateConfig(null, 2));
        await history.RefreshAsync([migration], judge, Started.AddMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(1_000, Baseline(), 20.0);

        double Baseline() => judge.Read("mig_1")!.Readings[0].Baseline ?? double.NaN;
    }

    [Fact]
    public void Read_AboveNinetyPercent_SaysThatItIsHistoryAndNeverBreaches()
    {
        var judge = CreateJudge(error: null, latency: 2, weight: 95);
        Assert.Contains("history of the same hours is too short", judge.Read()[0].Detail, StringComparison.Ordinal);
        judge.SetLatencyHistory(1_000);
        for (var i = 0; i < 500; i++)
        {
            judge.Fold(Outcome(unit: (ulong)i, latency: 100) with { DurationMs = i < 400 ? 900 : 5_000 });
            Assert.NotEqual(Verdict.Breach, judge.Read()[0].Verdict);
        }

        var reading = judge.Read()[0];
        Assert.Equal((Verdict.Watch, 500L, 1_000.0), (reading.Verdict, reading.Samples, reading.Baseline));
        Assert.Contains("Compared with history", reading.Detail, StringComparison.Ordinal);
        Assert.Null(judge.Breach);
        var restored = new MigrationJudge(CreateConfig(null, 2), judge.Save());
        Assert.Equal((Verdict.Watch, 500L), (restored.Read()[0].Verdict, restored.Read()[0].Samples));
    }

    private static UsageRollup Hour(DateTimeOffset day, int hour, int answers, double milliseconds, string served = "gpt-4", string feature = "")
    {
        var latencies = new LatencyHistogram();
        latencies.Add(milliseconds, answers);
        return new UsageRollup
        {
            Hour = new DateTimeOffset(day.Date, TimeSpan.Zero).AddHours(hour), Node = "n", Model = "gpt-4", ServedModel = served, Feature = feature, KeyId = "key",
            Requests = answers, LatencyHistogram = latencies.Pack(),
        };
    }
}

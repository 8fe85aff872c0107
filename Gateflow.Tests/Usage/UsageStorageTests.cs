using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Logs;
using Gateflow.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Usage;

/// <summary>What the recorder writes and what is read of it, on every database that can be run here.</summary>
public abstract class UsageStorageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task RecordThinAnalyzeAndRetain_AWholeLife_WorksOnTheDatabase()
    {
        await using var database = await CreateAsync();
        var clock = new FakeTimeProvider(Requests.Start);
        var samples = new SamplePolicy(new SampleOptions { MaxPerModel = 20, RetentionDays = 30 });
        var recorder = new Recorder();
        var folder = Directory.CreateTempSubdirectory("gateflow-usage-");
        for (var turn = 0; turn < 2; turn++)
        {
            using var writer = new RecorderWriter(
                recorder, database.Factory, () => Requests.Table("mig_1", 10), new Judge(), new FlippingProtector(), samples,
                new RecorderOptions { Node = "node-1", DataDirectory = folder.FullName }, clock, NullLogger<RecorderWriter>.Instance);
            for (var i = 0; i < 50; i++)
            {
                recorder.TryRecord(Requests.Create(
                    migration: "mig_1", arm: Arm.Source, latency: 400, body: $"prompt {turn} {i}", feature: "f\0" + new string('x', 200), at: Requests.Start.ToOffset(TimeSpan.FromHours(3))));
            }

            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(50, await writer.RunOnceAsync(Token));
        }

        folder.Delete(recursive: true);
        await using var db = database.Open();
        Assert.Equal(100, (await db.UsageRollups.SingleAsync(Token)).Requests);
        Assert.Equal(
            [(0, 100L, 10.0), (10, 100L, 10.0), (300, 100L, 10.0), (3600, 100L, 10.0)],
            (await db.ArmWindows.OrderBy(w => w.Seconds).ToListAsync(Token)).Select(w => (w.Seconds, w.Requests, w.Weight)));
        Assert.Equal(100, await db.Requests.CountAsync(Token));
        Assert.Equal(20, await db.Samples.CountAsync(Token));
        var query = new UsageQuery(database.Factory, clock);
        var analysis = await query.AnalyzeAsync("gpt-4", Requests.Start.AddDays(-30), Requests.Start.AddHours(1), Token);
        Assert.Equal((100, 10_000, 0.42m), (analysis.TotalRequests, analysis.InputTokens, analysis.TotalCost));
        var used = Assert.Single(await query.UsedModelsAsync(Requests.Start.AddDays(-30), Requests.Start.AddHours(1), Token));
        Assert.Equal(("gpt-4", 100, 0.42m), (used.Model, used.Requests, used.Cost));
        clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(120, await new Retention(database.Factory, samples, clock).RunOnceAsync(Token));
    }

    [Theory]
    [InlineData("vision", 1)]
    [InlineData("messages_api", 2)] // above the 32nd bit
    [InlineData("json_mode", 0)]
    public async Task Log_FilterByCapability_FindsThoseThatUsedIt(string capability, int expected)
    {
        await using var database = await CreateAsync();
        await using var db = database.Open();
        Capabilities[] used = [Capabilities.Chat | Capabilities.MessagesApi, Capabilities.Vision | Capabilities.MessagesApi, Capabilities.Chat];
        db.AddRange(used.Select(c => RequestLog.Row(Requests.Create(capabilities: c), 1, demo: false)));
        await db.SaveChangesAsync(Token);

        var filter = LogFilter.Parse(new LogQuery { Capability = capability }, Requests.Start).Value!;

        Assert.Equal(expected, await filter.Apply(db.Requests).CountAsync(Token));
    }
}

public sealed class SqliteUsageStorageTests : UsageStorageTests
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync();
}

public sealed class PostgreSqlUsageStorageTests(PostgreSqlServer server) : UsageStorageTests, IClassFixture<PostgreSqlServer>
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, server.NewDatabase());
}

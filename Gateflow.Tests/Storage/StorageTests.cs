using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateflow.Tests.Storage;

/// <summary>The same tests on every database that can be run here.</summary>
public abstract class StorageTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task Schema_AfterUpgrade_HasNothingPending()
    {
        await using var database = await CreateAsync();
        await using var db = database.Open();

        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Token));
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Migration_StoredAndRead_KeepsConfigurationAndTimes()
    {
        await using var database = await CreateAsync();
        var migration = Draft("mig_1");
        migration.Configure("target", migration.Config with
        {
            CanaryPercentage = 12.5,
            RollbackThreshold = new RollbackThreshold { ErrorRate = 0.02, LatencyP99Increase = 2 },
            Steps = [new StepConfig(10, 0.5), new StepConfig(100, 0, true)],
            Scope = new MigrationScope { Features = ["chat"] },
            Windows = [new TimeWindow([DayOfWeek.Monday], new TimeOnly(9, 0), new TimeOnly(17, 30), "Europe/Berlin")],
        }, ["target_model"], "tester", Noon.ToOffset(TimeSpan.FromHours(2)));
        await using (var db = database.Open())
        {
            db.Add(migration);
            db.AddRange(migration.NewEvents);
            await db.SaveChangesAsync(Token);
        }

        await using var again = database.Open();
        var read = await again.Migrations.SingleAsync(m => m.Id == "mig_1" && m.CreatedAt <= Noon, Token);
        Assert.Equal(JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(migration.Config, JsonColumn.Options))!.ToJsonString(),
            JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(read.Config, JsonColumn.Options))!.ToJsonString());
        Assert.Equal(Noon, read.CreatedAt);
        Assert.NotEqual(Guid.Empty, read.Version);
        var e = await again.MigrationEvents.OrderBy(x => x.At).ThenBy(x => x.Id).LastAsync(Token);
        Assert.Equal(MigrationEventType.Configured, e.Type);
        Assert.Equal("target_model", e.Data["fields"]![0]!.GetValue<string>());
        Assert.Equal(Noon, e.At);
    }

    [Fact]
    public async Task Save_TwoWriters_SecondIsRefused()
    {
        await using var database = await CreateAsync();
        await using (var db = database.Open())
        {
            db.Add(Draft("mig_2"));
            await db.SaveChangesAsync(Token);
        }

        await using var one = database.Open();
        await using var two = database.Open();
        var first = await one.Migrations.SingleAsync(Token);
        var second = await two.Migrations.SingleAsync(Token);
        first.Cancel("one", Noon, null);
        second.Cancel("two", Noon, null);
        await one.SaveChangesAsync(Token);

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => two.SaveChangesAsync(Token));
    }

    [Fact]
    public async Task RouteVersion_BumpedInARolledBackTransaction_DoesNotMove()
    {
        await using var database = await CreateAsync();
        await using var db = database.Open();
        var before = await db.Routing.Select(r => r.Version).SingleAsync(Token);
        await using (await db.Database.BeginTransactionAsync(Token))
        {
            await db.BumpRouteVersionAsync(Token);
        }

        Assert.Equal(before, await db.Routing.Select(r => r.Version).SingleAsync(Token));
        await db.BumpRouteVersionAsync(Token);
        Assert.Equal(before + 1, await db.Routing.Select(r => r.Version).SingleAsync(Token));
    }

    [Fact]
    public async Task Rollup_SameKeyTwice_IsRefused()
    {
        await using var database = await CreateAsync();
        await using var db = database.Open();
        db.Add(Rollup());
        db.Add(Rollup());

        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Token));
    }

    [Fact]
    public async Task Numbers_StoredAndSummed_AreExact()
    {
        await using var database = await CreateAsync();
        await using var db = database.Open();
        var rollup = Rollup();
        rollup.Cost = 0.000000125m;
        rollup.CapabilityCounts = [1, 2, 3];
        db.Add(rollup);
        db.Add(new ArmWindow { At = Noon, Node = "n", MigrationId = "m", Arm = Arm.Target, Requests = 3, Weight = 12.5 });
        await db.SaveChangesAsync(Token);

        var window = await db.ArmWindows.AsNoTracking().SingleAsync(w => w.At >= Noon && w.Arm == Arm.Target, Token);
        Assert.Equal(12.5, window.Weight);
        var read = await db.UsageRollups.AsNoTracking().SingleAsync(r => r.Hour == Noon, Token);
        Assert.Equal(0.000000125m, read.Cost);
        Assert.Equal([1, 2, 3], read.CapabilityCounts);
    }

    [Fact]
    public async Task Upgrade_OnManyNodesAtOnce_RunsOnce()
    {
        await using var database = await CreateAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => new SchemaUpgrade(database.Factory, TimeProvider.System, NullLogger<SchemaUpgrade>.Instance).RunAsync(Token), Token)));

        await using var db = database.Open();
        Assert.Equal(1, await db.Routing.CountAsync(Token));
    }

    private static Migration Draft(string id)
    {
        var migration = new Migration { Id = id, SourceModel = "source", CreatedAt = Noon, CreatedBy = "tester" };
        migration.Create("tester", Noon, []);
        return migration;
    }

    private static UsageRollup Rollup() =>
        new() { Hour = Noon, Node = "n", Model = "m", ServedModel = "m", Feature = "", KeyId = "k", Requests = 1 };
}

public sealed class SqliteStorageTests : StorageTests
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync();

    [Fact]
    public async Task Journal_AfterUpgrade_IsAWriteAheadLog()
    {
        await using var database = await CreateAsync();
        await using var db = database.Open();

        Assert.Equal("wal", await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync(TestContext.Current.CancellationToken));
    }
}

public sealed class PostgreSqlStorageTests(PostgreSqlServer server) : StorageTests, IClassFixture<PostgreSqlServer>
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, server.NewDatabase());
}

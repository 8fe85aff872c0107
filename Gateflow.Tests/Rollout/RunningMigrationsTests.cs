using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;

namespace Gateflow.Tests.Rollout;

/// <summary>What the controller reads each second.</summary>
public abstract class RunningMigrationsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task Read_DraftScheduledRunningAndOver_FindsThoseThatRunOrWait()
    {
        await using var database = await CreateAsync();
        using var routes = RoutesOf(database);
        var transitions = new Transitions(database.Factory, routes);
        await DraftAsync(transitions, "mig_draft");
        await DraftAsync(transitions, "mig_scheduled", new MigrationConfig { Strategy = Strategy.Scheduled, ExecuteAt = s_now.AddHours(1) });
        await transitions.ApplyAsync("mig_scheduled", m => m.Execute("tester", s_now), Token);
        await StartAsync(transitions, "mig_running");
        await StartAsync(transitions, "mig_over");
        await transitions.ApplyAsync("mig_over", m => m.RollBack("tester", s_now, []), Token);

        var found = await new RunningMigrations(database.Factory).ReadAsync(Token);

        Assert.Equal([("mig_running", MigrationStatus.InProgress), ("mig_scheduled", MigrationStatus.Scheduled)], found.Select(m => (m.Id, m.Status)).Order());
    }

    [Fact]
    public async Task Read_OneOfTwoMoved_ReadsThatOneAnew()
    {
        await using var database = await CreateAsync();
        using var routes = RoutesOf(database);
        var transitions = new Transitions(database.Factory, routes);
        await StartAsync(transitions, "mig_1");
        await StartAsync(transitions, "mig_2");
        var running = new RunningMigrations(database.Factory);
        var before = (await running.ReadAsync(Token)).ToDictionary(m => m.Id);

        await transitions.ApplyAsync("mig_2", m => m.Pause("tester", s_now, null), Token);
        var after = (await running.ReadAsync(Token)).ToDictionary(m => m.Id);

        Assert.Same(before["mig_1"], after["mig_1"]);
        Assert.Equal((MigrationStatus.InProgress, MigrationStatus.Paused), (before["mig_2"].Status, after["mig_2"].Status));
    }

    [Fact]
    public async Task Read_OneStartedAndOneEnded_KnowsBoth()
    {
        await using var database = await CreateAsync();
        using var routes = RoutesOf(database);
        var transitions = new Transitions(database.Factory, routes);
        await StartAsync(transitions, "mig_1");
        var running = new RunningMigrations(database.Factory);
        await running.ReadAsync(Token);

        await transitions.ApplyAsync("mig_1", m => m.RollBack("tester", s_now, []), Token);
        await StartAsync(transitions, "mig_2");

        Assert.Equal(["mig_2"], (await running.ReadAsync(Token)).Select(m => m.Id));
        Assert.Equal(["mig_1"], running.Left);
        await running.ReadAsync(Token);
        Assert.Empty(running.Left);
    }

    private static Routes RoutesOf(TestDatabase database) =>
        new(new RouteTableLoader(database.Factory, new ModelDirectory(ModelCatalog.Embedded, []), new StoredProviders(new FlippingProtector()), new BootstrapKeys([])));

    private static async Task DraftAsync(Transitions transitions, string id, MigrationConfig? config = null)
    {
        var migration = new Migration { Id = id, SourceModel = id, CreatedAt = s_now, CreatedBy = "tester" };
        migration.Configure("target", config ?? migration.Config, [], "tester", s_now);
        await transitions.AddAsync(migration, Token);
    }

    private static async Task StartAsync(Transitions transitions, string id)
    {
        await DraftAsync(transitions, id);
        Assert.True((await transitions.ApplyAsync(id, m => m.Execute("tester", s_now), Token)).IsOk);
    }
}

public sealed class SqliteRunningMigrationsTests : RunningMigrationsTests
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync();
}

public sealed class PostgreSqlRunningMigrationsTests(PostgreSqlServer server) : RunningMigrationsTests, IClassFixture<PostgreSqlServer>
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, server.NewDatabase());
}

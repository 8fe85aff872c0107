using Gateflow.Core.Access;
using Gateflow.Core.Audit;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Migrations;

/// <summary>Which migrations may start beside those that are completed, written as "source target feature".</summary>
public sealed class OverlapsTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gpt-4 gpt-4o", "gpt-4 gpt-5", "overlapping_migration", "mig_0")]
    [InlineData("gpt-4 gpt-4o chat", "gpt-4 gpt-5 chat", "overlapping_migration", "mig_0")]
    [InlineData("gpt-4 gpt-4o", "gpt-4 gpt-5 chat", "overlapping_migration", "mig_0")]
    [InlineData("gpt-4 gpt-4o chat", "gpt-4 gpt-5", null, null)]
    [InlineData("gpt-4 gpt-4o chat", "gpt-4 gpt-5 search", null, null)]
    [InlineData("gpt-4 gpt-4o", "gpt-4o gpt-5", null, null)]
    [InlineData("gpt-4 gpt-4o", "gpt-3.5 gpt-4", "target_replaced", "gpt-4o")]
    [InlineData("gpt-4 gpt-4o chat", "gpt-3.5 gpt-4", "target_replaced", "gpt-4o")]
    [InlineData("gpt-4 gpt-4o chat", "gpt-3.5 gpt-4 search", null, null)]
    [InlineData("gpt-4 gpt-4o", "gpt-4o gpt-4", "circular_migration", "mig_0")]
    [InlineData("gpt-4 gpt-4o, gpt-4o gpt-5", "gpt-5 gpt-4", "circular_migration", "mig_1")]
    [InlineData("gpt-4 gpt-4o chat, gpt-4o gpt-5", "gpt-5 gpt-4 search", null, null)]
    [InlineData("gpt-4 gpt-4o chat, gpt-4 gpt-4.1 search", "gpt-4 gpt-5 chat search", "overlapping_migration", "mig_0, mig_1 together")]
    [InlineData("gpt-4 gpt-4o chat, gpt-4 gpt-4.1 search", "gpt-4 gpt-5 chat search mail", null, null)]
    [InlineData("gpt-4 gpt-4o chat, gpt-4 gpt-4.1 search", "gpt-4 gpt-5", null, null)]
    public async Task Execute_BesideCompletedOnes_IsRefusedWhereTheyDecide(string completed, string next, string? code, string? named)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var routes = RoutesOf(database);
        var transitions = new Transitions(database.Factory, routes);
        foreach (var (i, words) in completed.Split(", ").Index())
        {
            await DraftAsync(transitions, $"mig_{i}", words);
            Assert.Null((await ExecuteAsync(transitions, $"mig_{i}")).Refusal);
            Assert.Null((await transitions.ApplyAsync($"mig_{i}", m => m.Soak("tester", s_now) ?? m.Complete("tester", s_now), Token)).Refusal);
        }

        await DraftAsync(transitions, "mig_next", next);
        var result = await ExecuteAsync(transitions, "mig_next");

        Assert.Equal(code, result.Refusal?.Code);
        Assert.Contains(named ?? "", result.Refusal?.Message ?? "", StringComparison.Ordinal);
        Assert.NotEqual(true, result.Refusal?.Passes);
        if (code == "overlapping_migration")
        {
            await transitions.ApplyAsync("mig_0", m => m.RollBack("tester", s_now, []), Token);
            Assert.Null((await ExecuteAsync(transitions, "mig_next")).Refusal);
        }
    }

    [Theory]
    [InlineData("gpt-4 gpt-4o", "gpt-3.5 gpt-4", "target_moving", "gpt-4o")]
    [InlineData("gpt-4 gpt-4o chat", "gpt-3.5 gpt-4", "target_moving", "gpt-4o")]
    [InlineData("gpt-4 gpt-4o chat", "gpt-3.5 gpt-4 search", null, null)]
    [InlineData("gpt-3.5 gpt-4", "gpt-4 gpt-4o", "source_filling", "gpt-3.5")]
    [InlineData("gpt-3.5 gpt-4 chat", "gpt-4 gpt-4o search", null, null)]
    [InlineData("gpt-3.5 gpt-4o", "gpt-4 gpt-4o", null, null)]
    public async Task Execute_BesideARunningOne_OneAfterTheOther(string running, string next, string? code, string? named)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var routes = RoutesOf(database);
        var transitions = new Transitions(database.Factory, routes);
        await DraftAsync(transitions, "mig_0", running);
        await DraftAsync(transitions, "mig_next", next);
        Assert.Null((await ExecuteAsync(transitions, "mig_0")).Refusal);

        var result = await ExecuteAsync(transitions, "mig_next");

        Assert.Equal(code, result.Refusal?.Code);
        Assert.Contains(named ?? "", result.Refusal?.Message ?? "", StringComparison.Ordinal);
        if (code is not null)
        {
            Assert.True(result.Refusal!.Passes);
            await transitions.ApplyAsync("mig_0", m => m.RollBack("tester", s_now, []), Token);
            Assert.Null((await ExecuteAsync(transitions, "mig_next")).Refusal);
        }
    }

    // Each list is covered within the others: features by keys.
    [Theory]
    [InlineData("a:k1 b:k2 a:k2", "a:k1,k2", true)]
    [InlineData("a:k1 b:k2", "a,b:k1,k2", false)]
    [InlineData("a:k1 b:k2 a:k2 b:k1", "a,b:k1,k2", true)]
    [InlineData("a: b:k1", "a,b:k1", true)]
    [InlineData("a: b:k1", "a,b:", false)]
    [InlineData(":k1 :k2", ":k1,k2", true)]
    public async Task Execute_BesideCompletedOnesOfSeveralLists_IsRefusedWhereTogetherTheyTakeAll(string completed, string next, bool refused)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var routes = RoutesOf(database);
        var transitions = new Transitions(database.Factory, routes);
        foreach (var (i, words) in completed.Split(' ').Index())
        {
            await DraftAsync(transitions, $"mig_{i}", "gpt-4 gpt-4o", Scope(words));
            await transitions.ApplyAsync($"mig_{i}", m => m.Execute("tester", s_now) ?? m.Soak("tester", s_now) ?? m.Complete("tester", s_now), Token);
        }

        await DraftAsync(transitions, "mig_next", "gpt-4 gpt-5", Scope(next));

        Assert.Equal(refused ? "overlapping_migration" : null, (await ExecuteAsync(transitions, "mig_next")).Refusal?.Code);

        static MigrationScope Scope(string words) => words.Split(':') is [var features, var keys]
            ? new MigrationScope { Features = features.Split(',', StringSplitOptions.RemoveEmptyEntries), ApiKeys = keys.Split(',', StringSplitOptions.RemoveEmptyEntries) }
            : throw new ArgumentException(words);
    }

    // The version before let it start, and traffic was moved by it: an upgrade must not take that away.
    [Theory]
    [InlineData("gpt-4 gpt-4o", "gpt-4 gpt-5", "mig_next")]
    [InlineData("gpt-4 gpt-4o chat", "gpt-4 gpt-5", "mig_0")]
    public async Task Routes_RunningBesideACompletedOneThatTakesAllOfIt_Decides(string completed, string running, string first)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var routes = RoutesOf(database);
        var transitions = new Transitions(database.Factory, routes);
        await DraftAsync(transitions, "mig_0", completed);
        await DraftAsync(transitions, "mig_next", running);
        await transitions.ApplyAsync("mig_0", m => m.Execute("tester", s_now) ?? m.Soak("tester", s_now) ?? m.Complete("tester", s_now), Token);
        await transitions.ApplyAsync("mig_next", m => m.Execute("tester", s_now.AddDays(1)), Token);

        Assert.Equal([first, first == "mig_0" ? "mig_next" : "mig_0"], routes.Current.Migrations["gpt-4"].Select(m => m.MigrationId));
    }

    // Whoever changes routes holds the head of the audit log when it comes to their version: a start that took them the other way round would wait for it, and it for the start.
    [Fact]
    public async Task Execute_WhileAnAuditedChangeOfRoutesIsUnderWay_WaitsForItsTurn()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, server.NewDatabase());
        using var routes = RoutesOf(database);
        var transitions = new Transitions(database.Factory, routes);
        await DraftAsync(transitions, "mig_0", "gpt-4 gpt-4o");
        new AuditScope("Ada", "mbr_1", AuditChannel.Api, TimeProvider.System).Enter();
        await using var db = database.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(Token);
        db.Add(new Setting { Name = "test", Value = "x" });
        await db.SaveChangesAsync(Token);

        var execute = Task.Run(() => ExecuteAsync(transitions, "mig_0"), Token);
        while (!execute.IsCompleted && await db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM pg_locks WHERE NOT granted").SingleAsync(Token) == 0)
        {
            await Task.Yield();
        }

        await db.BumpRouteVersionAsync(Token);
        await transaction.CommitAsync(Token);
        Assert.Null((await execute).Refusal);
    }

    private static Routes RoutesOf(TestDatabase database) =>
        new(new RouteTableLoader(database.Factory, new ModelDirectory(ModelCatalog.Embedded, []), new StoredProviders(new FlippingProtector()), new BootstrapKeys([])));

    private static async Task DraftAsync(Transitions transitions, string id, string words, MigrationScope? scope = null)
    {
        var parts = words.Split(' ');
        var migration = new Migration { Id = id, SourceModel = parts[0], CreatedAt = s_now, CreatedBy = "tester" };
        migration.Configure(parts[1], new MigrationConfig { Strategy = Strategy.Instant, Scope = scope ?? new MigrationScope { Features = parts[2..] } }, [], "tester", s_now);
        await transitions.AddAsync(migration, Token);
    }

    private static Task<Result<Migration>> ExecuteAsync(Transitions transitions, string id) =>
        transitions.ApplyAsync(id, async (m, db, token) => await Overlaps.FindAsync(db, m, token) ?? m.Execute("tester", s_now), Token);
}

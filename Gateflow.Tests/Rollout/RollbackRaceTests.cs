using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Rollout;

/// <summary>
/// Two operators press "promote" and "roll back" at the same moment, on one node or on two. One starts when the other has come to a point of its way
/// that the seed chooses: before it reads, before and after it writes, before it reloads.
/// </summary>
public abstract class RollbackRaceTests
{
    private const int Rounds = 200;
    private const int Points = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task PromoteAndRollback_InTwoHundredInterleavings_RollbackIsInForce()
    {
        await using var database = await CreateAsync();
        var random = new Random(20_261_128);
        var promoted = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var id = $"mig_{round}";
            var (rollbackFirst, point, paused) = (random.Next(2) == 0, random.Next(Points), random.Next(2) == 0);
            using var one = new Node(database.Factory);
            using var other = random.Next(2) == 0 ? new Node(database.Factory) : null;
            var second = other ?? one;
            await StartAsync(one, id, paused);
            await second.Routes.ReloadAsync(Token);
            var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

            (rollbackFirst ? second : one).Databases.At(point, go);
            var promote = rollbackFirst ? After(go, () => PromoteAsync(one, id)) : Task.Run(() => PromoteAsync(one, id), Token);
            var rollback = rollbackFirst ? Task.Run(() => RollBackAsync(second, id), Token) : After(go, () => RollBackAsync(second, id));
            await (rollbackFirst ? rollback : (Task)promote);
            go.TrySetResult(); // where its way had fewer points
            var (won, back) = (await promote, await rollback);

            Assert.True(back.IsOk, $"round {round}: {back.Refusal?.Message}");
            promoted += won.IsOk ? 1 : 0;
            Assert.True(won.IsOk || won.Refusal.Code == "illegal_transition", $"round {round}: {won.Refusal?.Message}");
            await InForceAsync(database, id, round, one, second);
        }

        Assert.InRange(promoted, 1, Rounds - 1); // both orders were met
    }

    [Fact]
    public async Task Execute_IsTold_BeforeItsRoutesAreInForce()
    {
        await using var database = await CreateAsync();
        using var node = new Node(database.Factory);
        bool? routed = null;
        node.Transitions.Routing += migration => routed = HasTraffic(node, migration.Id);

        await StartAsync(node, "mig_1", paused: false);

        Assert.False(routed); // else the first outcomes would go unjudged
        Assert.True(HasTraffic(node, "mig_1"));
    }

    [Fact]
    public async Task RollBack_OfADraft_IsRefusedAndItsStartIsNotBraked()
    {
        await using var database = await CreateAsync();
        using var node = new Node(database.Factory);
        await DraftAsync(node, "mig_1", "source");

        Assert.False((await RollBackAsync(node, "mig_1")).IsOk);

        Assert.True((await ExecuteAsync(node, "mig_1")).IsOk);
        Assert.True(HasTraffic(node, "mig_1"));
    }

    /// <summary>Two drafts of one source, started at the same moment on two nodes.</summary>
    [Fact]
    public async Task ExecuteTwice_OfOverlappingScopes_StartsOne()
    {
        await using var database = await CreateAsync();
        using var one = new Node(database.Factory);
        using var other = new Node(database.Factory);
        for (var round = 0; round < 25; round++)
        {
            var source = $"source_{round}";
            await DraftAsync(one, $"mig_{round}_a", source);
            await DraftAsync(one, $"mig_{round}_b", source);
            var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

            var first = After(go, () => ExecuteAsync(one, $"mig_{round}_a"));
            var second = After(go, () => ExecuteAsync(other, $"mig_{round}_b"));
            go.SetResult();
            var results = new[] { await first, await second };

            Assert.Single(results, r => r.IsOk);
            Assert.Equal("overlapping_migration", Assert.Single(results, r => !r.IsOk).Refusal!.Code);
        }
    }

    [Fact]
    public async Task Rollback_WhileTheDatabaseIsAway_IsInForceAtOnceAndStoredWhenItIsBack()
    {
        await using var database = await CreateAsync();
        using var node = new Node(database.Factory);
        await StartAsync(node, "mig_away", paused: false);
        await StartAsync(node, "mig_other", paused: false);
        Assert.True(HasTraffic(node, "mig_away"));
        node.Databases.IsAway = true;

        var refused = await node.Rollbacks.RunAsync("mig_away", "anna", "it answers nonsense");

        Assert.Equal((RefusalKind.Unavailable, "rollback_not_stored"), (refused.Refusal!.Kind, refused.Refusal.Code));
        Assert.False(HasTraffic(node, "mig_away"));
        await node.Rollbacks.RunAsync("mig_other", "anna", "it answers nonsense");
        List<string> failed = [];
        await node.Rollbacks.SettleAsync((id, fault) => failed.Add($"{id} {fault.GetType().Name}"), Token);
        Assert.Equal(["mig_away IOException", "mig_other IOException"], failed.Order()); // one does not keep the other from it
        node.Databases.IsAway = false;
        await node.Rollbacks.SettleAsync(Unexpected, Token);
        await node.Rollbacks.SettleAsync(Unexpected, Token); // nothing is owed any more
        await InForceAsync(database, "mig_away", 0, node, node);
        await using var db = database.Open();
        var stored = await db.Rollbacks.SingleAsync(r => r.MigrationId == "mig_away", Token);
        Assert.Equal(("anna", "it answers nonsense", false), (stored.Actor, stored.Reason, stored.Automatic));
    }

    [Fact]
    public async Task Rollback_ReasonThatADatabaseWouldNotTake_IsStored()
    {
        await using var database = await CreateAsync();
        using var node = new Node(database.Factory);
        await StartAsync(node, "mig_nul", paused: false);

        var result = await node.Rollbacks.RunAsync("mig_nul", "anna", "it answers \0 nonsense");

        Assert.True(result.IsOk, result.Refusal?.Message);
        await using var db = database.Open();
        Assert.Equal("it answers \uFFFD nonsense", (await db.Rollbacks.SingleAsync(Token)).Reason);
    }

    private static void Unexpected(string id, Exception fault) => Assert.Fail($"{id}: {fault.Message}");

    private static async Task InForceAsync(TestDatabase database, string id, int round, Node one, Node second)
    {
        await using var db = database.Open();
        var stored = await db.Migrations.AsNoTracking().SingleAsync(m => m.Id == id, Token);
        Assert.True((stored.Status, stored.Weight) == (MigrationStatus.RolledBack, 0), $"round {round}: {stored.Status} at {stored.Weight}");
        Assert.Single(await db.Rollbacks.Where(r => r.MigrationId == id).ToListAsync(Token));
        var events = await db.MigrationEvents.Where(e => e.MigrationId == id).OrderBy(e => e.Id).Select(e => e.Type).ToListAsync(Token);
        Assert.Equal(MigrationEventType.RolledBack, events[^1]);
        Assert.Single(events, MigrationEventType.RolledBack);
        Assert.False(HasTraffic(second, id), $"round {round}: the node that rolled back still sends to the target");
        await one.Routes.ReloadIfChangedAsync(Token); // what every node does twice a second
        Assert.False(HasTraffic(one, id), $"round {round}: the other node still sends to the target");
    }

    private static bool HasTraffic(Node node, string id) =>
        node.Routes.Current.Migrations.Values.SelectMany(r => r).Any(r => r.MigrationId == id && (r.Weight > 0 || r.Completed));

    private static async Task<T> After<T>(TaskCompletionSource go, Func<Task<T>> action)
    {
        await go.Task;
        return await action();
    }

    private static Task<Result<Migration>> PromoteAsync(Node node, string id) =>
        node.Transitions.ApplyAsync(id, m => m.Promote("one", TimeProvider.System.GetUtcNow(), null), Token);

    private static Task<Result<Migration>> RollBackAsync(Node node, string id) => node.Rollbacks.RunAsync(id, "other", "race", null, Token);

    private static Task<Result<Migration>> ExecuteAsync(Node node, string id) => node.Transitions.ApplyAsync(
        id, async (m, db, token) => await Overlaps.FindAsync(db, m, token) ?? m.Execute("tester", TimeProvider.System.GetUtcNow()), Token);

    private static async Task DraftAsync(Node node, string id, string source)
    {
        var now = TimeProvider.System.GetUtcNow();
        var migration = new Migration { Id = id, SourceModel = source, CreatedAt = now, CreatedBy = "tester" };
        migration.Configure("target", migration.Config, [], "tester", now);
        await node.Transitions.AddAsync(migration, Token);
    }

    private static async Task StartAsync(Node node, string id, bool paused)
    {
        var now = TimeProvider.System.GetUtcNow();
        await DraftAsync(node, id, id);
        await node.Transitions.ApplyAsync(id, m => m.Execute("tester", now), Token);
        if (paused)
        {
            await node.Transitions.ApplyAsync(id, m => m.Pause("tester", now, null), Token);
        }
    }

    /// <summary>What one node has of its own.</summary>
    private sealed class Node : IDisposable
    {
        public Node(IDbContextFactory<GateflowDb> databases)
        {
            Databases = new PointedFactory(databases);
            var models = new ModelDirectory(ModelCatalog.Embedded, []);
            Routes = new Routes(new RouteTableLoader(Databases, models, new StoredProviders(new FlippingProtector()), new BootstrapKeys([])));
            Transitions = new Transitions(Databases, Routes);
            Rollbacks = new Rollbacks(Transitions, Routes, models, new Judge(), TimeProvider.System);
        }

        public PointedFactory Databases { get; }

        public Routes Routes { get; }

        public Transitions Transitions { get; }

        public Rollbacks Rollbacks { get; }

        public void Dispose() => Routes.Dispose();
    }

    /// <summary>Counts the points that a node comes by, and signals at one of them: a context is made, is about to save, has saved.</summary>
    private sealed class PointedFactory(IDbContextFactory<GateflowDb> inner) : IDbContextFactory<GateflowDb>
    {
        private int _left = -1;
        private TaskCompletionSource? _go;

        public bool IsAway { get; set; }

        public void At(int point, TaskCompletionSource go)
        {
            _go = go;
            Volatile.Write(ref _left, point);
        }

        public GateflowDb CreateDbContext() => Watched(inner.CreateDbContext());

        public async Task<GateflowDb> CreateDbContextAsync(CancellationToken cancellationToken = default) => 
            IsAway ? throw new IOException("The database is away.") : Watched(await inner.CreateDbContextAsync(cancellationToken));

        private GateflowDb Watched(GateflowDb db)
        {
            Pass();
            db.SavingChanges += (_, _) => Pass();
            db.SavedChanges += (_, _) => Pass();
            return db;
        }

        private void Pass()
        {
            if (Interlocked.Decrement(ref _left) == -1)
            {
                _go?.TrySetResult();
            }
        }
    }
}

public sealed class SqliteRollbackRaceTests : RollbackRaceTests
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync();
}

public sealed class PostgreSqlRollbackRaceTests(PostgreSqlServer server) : RollbackRaceTests, IClassFixture<PostgreSqlServer>
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, server.NewDatabase());
}

using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.Catalog;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Migrations;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Rollout;

/// <summary>Turns of the reconciler on a clock that only the test moves.</summary>
public sealed class RolloutControllerTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_start = new(2027, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static readonly MigrationConfig s_canary = new() { MinSamples = 0, RollbackThreshold = new RollbackThreshold() };

    private readonly FakeTimeProvider _clock = new(s_start);
    private TestDatabase _database = null!;
    private Routes _routes = null!;
    private Transitions _transitions = null!;
    private RolloutController _controller = null!;
    private Judge _judge = null!;
    private Conduct _conduct = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        var (models, judge, node) = (new ModelDirectory(ModelCatalog.Embedded, [Served("gpt-4", "gpt-4o", "gpt-5")]), _judge = new Judge(), new ThisNode { Name = "n" });
        _routes = new Routes(new RouteTableLoader(_database.Factory, models, new StoredProviders(new FlippingProtector()), new BootstrapKeys([])));
        _transitions = new Transitions(_database.Factory, _routes);
        var rollbacks = new Rollbacks(_transitions, _routes, models, judge, _clock);
        var history = new SourceHistory(_database.Factory);
        var rules = new StartRules(models, _clock);
        _controller = new RolloutController(
            _database.Factory, _transitions, rules, rollbacks, new Arming(_database.Factory, _transitions, rollbacks, judge, history, node), judge,
            new FleetEvidence(_database.Factory, judge, history, node, _clock, NullLogger<FleetEvidence>.Instance), history, new SplitWatch(new AlertBell()), node,
            new Lease(_database.Factory, node, _clock, "decisions"), _clock, NullLogger<RolloutController>.Instance);
        _conduct = new Conduct(_transitions, rules, _controller, rollbacks, _clock);
        await _controller.RestoreAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        _routes.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Turn_CauseOfAHoldIsGone_ReleasesItUnlessAPersonPaused()
    {
        await StartAsync("mig_1", s_canary);
        await StartAsync("mig_2", s_canary);
        Assert.True((await _conduct.PauseAsync("mig_2", "ada", null, Token)).IsOk);
        foreach (var id in new[] { "mig_1", "mig_2" })
        {
            Assert.True((await _transitions.ApplyAsync(id, m => m.Hold("watch", "…", s_start) ? null : Refusal.Invalid("", ""), Token)).IsOk);
        }

        await TurnAsync(TimeSpan.FromMinutes(1));

        var (released, paused) = (await ReadAsync("mig_1"), await ReadAsync("mig_2"));
        Assert.Equal((MigrationStatus.InProgress, null, null), (released.Status, released.HoldReason, released.HeldSince));
        Assert.Equal((MigrationStatus.Paused, "watch", s_start), (paused.Status, paused.HoldReason, paused.HeldSince));
    }

    [Fact]
    public async Task Turn_AnotherMovesTheTrafficAtItsHour_IsToldOnceAndStartsWhenThatIsOver()
    {
        await StartAsync("mig_late", s_canary with { Strategy = Strategy.Scheduled, ExecuteAt = s_start.AddHours(1) });
        await StartAsync("mig_other", s_canary);

        await TurnAsync(TimeSpan.FromHours(1));
        await TurnAsync(TimeSpan.FromMinutes(1));

        var waiting = await ReadAsync("mig_late");
        Assert.Equal((MigrationStatus.Scheduled, "overlap", s_start.AddHours(1)), (waiting.Status, waiting.HoldReason, waiting.HeldSince));
        await using (var db = _database.Open())
        {
            var told = await db.MigrationEvents.SingleAsync(e => e.MigrationId == "mig_late" && e.Type == MigrationEventType.Held, Token);
            Assert.Contains("mig_other", told.Data["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        Assert.True((await _conduct.RollBackAsync("mig_other", "ada", "no")).IsOk);
        await TurnAsync(TimeSpan.FromSeconds(1));

        var started = await ReadAsync("mig_late");
        Assert.Equal((MigrationStatus.InProgress, 100.0, null), (started.Status, started.Weight, started.HoldReason));
    }

    [Fact]
    public async Task Turn_WhatHoldsAStartBecomesAnotherThing_IsNotedAndToldAnew()
    {
        await StartAsync("mig_late", s_canary with { Strategy = Strategy.Scheduled, ExecuteAt = s_start.AddHours(1), RollbackThreshold = new RollbackThreshold { ErrorRate = 0.04 } });
        await StartAsync("mig_other", s_canary);
        await TurnAsync(TimeSpan.FromHours(1));
        Assert.True((await _transitions.ApplyAsync("mig_late", m => m.TellHold(_clock.GetUtcNow(), TimeSpan.Zero) ? null : Refusal.Invalid("", ""), Token)).IsOk);

        Assert.True((await _transitions.ApplyAsync("mig_other", m => m.Soak("ada", s_start) ?? m.Complete("ada", s_start), Token)).IsOk);
        await TurnAsync(TimeSpan.FromSeconds(1));
        await TurnAsync(TimeSpan.FromMinutes(1));

        var moved = await ReadAsync("mig_late");
        Assert.Equal(("not_ready", s_start.AddHours(1), null), (moved.HoldReason, moved.HeldSince, moved.HoldToldAt));
        Assert.Equal(2, (await HeldAsync("mig_late")).Count);

        foreach (var node in new[] { "a", "b" })
        {
            await FailAsync(node);
            await TurnAsync(TimeSpan.FromMinutes(1));
        }

        var held = await HeldAsync("mig_late");
        Assert.Equal(3, held.Count); // that its numbers move is no news
        Assert.Contains("below twice the source's own rate", held[^1], StringComparison.Ordinal);
        Assert.Contains(", after retries)", held[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turn_StartIsHeld_LooksAgainOnceAMinute()
    {
        var limited = s_canary with { Strategy = Strategy.Scheduled, ExecuteAt = s_start.AddHours(1), RollbackThreshold = new RollbackThreshold { ErrorRate = 0.04 } };
        await StartAsync("mig_1", limited);
        await FailAsync("a");
        await TurnAsync(TimeSpan.FromHours(1));
        await TurnAsync(TimeSpan.FromSeconds(1)); // the hold moved it
        await using (var db = _database.Open())
        {
            await db.UsageRollups.ExecuteDeleteAsync(Token);
        }

        await TurnAsync(TimeSpan.FromSeconds(59));
        var held = (await ReadAsync("mig_1")).HoldReason;
        await TurnAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(("not_ready", MigrationStatus.InProgress), (held, (await ReadAsync("mig_1")).Status));
    }

    // Nothing else comes that would have them judged.
    [Fact]
    public async Task Turn_StreamsBrokeAndNoRequestFollows_RollsBackAfterFiveSeconds()
    {
        await StartAsync("mig_1", s_canary with { RollbackThreshold = new RollbackThreshold { ErrorRate = 0.05 } });
        for (var unit = 1ul; unit <= 10; unit++)
        {
            _judge.Fold("mig_1", Outcomes.Outcome(kind: OutcomeKind.BrokenStream, unit: unit) with { AtTicks = _clock.GetUtcNow().UtcTicks });
        }

        await TurnAsync(TimeSpan.FromSeconds(4));
        var waiting = (await ReadAsync("mig_1")).Status;
        await TurnAsync(TimeSpan.FromSeconds(1));

        Assert.Equal((MigrationStatus.InProgress, MigrationStatus.RolledBack), (waiting, (await ReadAsync("mig_1")).Status));
    }

    // A turn that comes late gives the next step its whole time all the same.
    [Fact]
    public async Task Turn_Canary_EveryStepLastsItsWholeInterval()
    {
        await StartAsync("mig_1", s_canary with { IncreaseIntervalMinutes = 60 });

        List<double> weights = [];
        foreach (var minutes in new[] { 59, 1, 59, 11, 59, 1 })
        {
            await TurnAsync(TimeSpan.FromMinutes(minutes));
            weights.Add((await ReadAsync("mig_1")).Weight);
        }

        Assert.Equal([10, 20, 20, 30, 30, 40], weights);
    }

    [Fact]
    public async Task Turn_PausedBeyondTheStepsTime_StaysAndGoesOnWithTheResume()
    {
        await StartAsync("mig_1", s_canary with { IncreaseIntervalMinutes = 60 });
        await TurnAsync(TimeSpan.FromMinutes(30));
        Assert.True((await _conduct.PauseAsync("mig_1", "ada", null, Token)).IsOk);

        await TurnAsync(TimeSpan.FromHours(2));
        var paused = await ReadAsync("mig_1");
        Assert.True((await _conduct.ResumeAsync("mig_1", "ada", null, Token)).IsOk);
        await TurnAsync(TimeSpan.Zero);

        Assert.Equal((MigrationStatus.Paused, 10.0), (paused.Status, paused.Weight));
        Assert.Equal(20, (await ReadAsync("mig_1")).Weight);
    }

    [Fact]
    public async Task Turn_ShadowPausedTwice_LastsAsLongAsItMirrored()
    {
        await StartAsync("mig_1", s_canary with { Strategy = Strategy.Shadow, DurationHours = 2 });
        foreach (var (mirrored, paused) in new[] { (30, 300), (15, 180) })
        {
            await TurnAsync(TimeSpan.FromMinutes(mirrored));
            Assert.True((await _conduct.PauseAsync("mig_1", "ada", null, Token)).IsOk);
            await TurnAsync(TimeSpan.FromMinutes(paused));
            Assert.True((await _conduct.ResumeAsync("mig_1", "ada", null, Token)).IsOk);
        }

        await TurnAsync(TimeSpan.FromMinutes(74));
        var before = await ReadAsync("mig_1");
        await TurnAsync(TimeSpan.FromMinutes(1));
        var after = await ReadAsync("mig_1");

        Assert.Equal((MigrationStatus.InProgress, false), (before.Status, before.IsShadowDone));
        Assert.Equal((MigrationStatus.Paused, true, 0.0), (after.Status, after.IsShadowDone, after.Weight));
    }

    [Fact]
    public async Task Resume_AfterARollback_IsRefusedAndNothingMoves()
    {
        await StartAsync("mig_1", s_canary);
        Assert.True((await _conduct.PauseAsync("mig_1", "ada", null, Token)).IsOk);
        Assert.True((await _conduct.RollBackAsync("mig_1", "ada", "no")).IsOk);

        var resumed = await _conduct.ResumeAsync("mig_1", "bob", null, Token);
        await TurnAsync(TimeSpan.FromHours(2));

        Assert.Equal((RefusalKind.Conflict, "illegal_transition"), (resumed.Refusal!.Kind, resumed.Refusal.Code));
        Assert.Contains("was rolled back", resumed.Refusal.Message, StringComparison.Ordinal);
        var over = await ReadAsync("mig_1");
        Assert.Equal((MigrationStatus.RolledBack, 0.0), (over.Status, over.Weight));
        Assert.Null(_routes.Current.FindMigration("mig_1"));
    }

    /// <summary>Executes it now.</summary>
    private static ServedProvider Served(params string[] models) =>
        new(new ProviderEndpoint { Name = "p", Type = ProviderType.OpenAICompatible, BaseUrl = new Uri("https://models.example.com") }, models);

    private async Task StartAsync(string id, MigrationConfig config)
    {
        var now = _clock.GetUtcNow();
        var migration = new Migration { Id = id, SourceModel = id == "mig_2" ? "gpt-4o" : "gpt-4", CreatedAt = now, CreatedBy = "ada" };
        Assert.Null(migration.Configure("gpt-5", config, [], "ada", now));
        await _transitions.AddAsync(migration, Token);
        Assert.True((await _transitions.ApplyAsync(id, m => m.Execute("ada", now), Token)).IsOk);
    }

    private async Task TurnAsync(TimeSpan after)
    {
        _clock.Advance(after);
        await _controller.RunOnceAsync(Token);
    }

    /// <summary>More and more of the source's requests have failed.</summary>
    private async Task FailAsync(string node)
    {
        await using var db = _database.Open();
        db.Add(new UsageRollup { Hour = s_start, Node = node, Model = "gpt-4", ServedModel = "gpt-4", Feature = "", KeyId = "", Requests = 200, Errors = node == "a" ? 10 : 20 });
        await db.SaveChangesAsync(Token);
    }

    private async Task<List<string>> HeldAsync(string id)
    {
        await using var db = _database.Open();
        var events = await db.MigrationEvents.Where(e => e.MigrationId == id && e.Type == MigrationEventType.Held).OrderBy(e => e.Id).ToListAsync(Token);
        return events.ConvertAll(e => e.Data["detail"]!.GetValue<string>());
    }

    private async Task<Migration> ReadAsync(string id)
    {
        await using var db = _database.Open();
        return await db.Migrations.AsNoTracking().SingleAsync(m => m.Id == id, Token);
    }
}

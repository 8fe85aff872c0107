using System.Collections.Frozen;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Shadow;
using Gateflow.Core.Storage;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Shadow;

public sealed class ShadowLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly ShadowUsage Cheap = new(100, 10, false, 0.4m);

    private readonly ShadowLedger _ledger = new();
    private readonly FakeTimeProvider _time = new(Start);
    private readonly AlertBell _bell = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void TryReserve_CopiesUnderWay_NeverPromiseMoreThanTheBudget()
    {
        var tally = new ShadowTally();

        Assert.True(tally.TryReserve(0.4m, 1));
        Assert.True(tally.TryReserve(0.4m, 1));
        Assert.False(tally.TryReserve(0.4m, 1));
        Assert.False(tally.IsSpent(1)); // the two under way may cost less
        tally.Answered(Cheap, 0.4m, whole: true, Start);
        tally.Answered(Cheap, 0.4m, whole: true, Start);
        Assert.False(tally.TryReserve(0.4m, 1));
        Assert.True(tally.IsSpent(1));
        Assert.Equal((2, 0.8m), (tally.Read().Delivered, tally.Read().Cost));
    }

    [Fact]
    public void IsSpent_OtherNodesSpentIt_IsTrue()
    {
        var tally = new ShadowTally();

        tally.SpentElsewhere(1);

        Assert.True(tally.IsSpent(1));
        Assert.False(tally.IsSpent(null));
        Assert.False(tally.TryReserve(0.4m, 1.3m));
        Assert.True(tally.TryReserve(0.3m, 1.3m));
    }

    [Fact]
    public async Task Store_Restart_GoesOnCounting()
    {
        await using var database = await TestDatabase.CreateAsync();
        var migration = new Migration { Id = GatewayHost.MigrationId, SourceModel = "gpt-4", CreatedAt = Start, CreatedBy = "test" };
        migration.Configure("gpt-4o", new MigrationConfig { Strategy = Strategy.Shadow }, [], "test", Start);
        migration.Execute("test", Start);
        await using (var db = database.Open())
        {
            db.Add(migration);
            db.Add(new ShadowRow { MigrationId = migration.Id, Node = "other", Counts = new ShadowCounts(), Cost = 2.5m });
            await db.SaveChangesAsync(Cancel);
        }

        var tally = _ledger.Of(migration.Id);
        tally.Queued(Start);
        tally.NotSampled();
        tally.Answered(Cheap, null, whole: true, Start);
        tally.Compared(new ShadowComparison(0.5, true, new ToolCallMatch(2, 1, 1)));
        tally.Dropped(Start);
        await Store(_ledger).RunOnceAsync(Cancel);

        var again = new ShadowLedger();
        await Store(again).RestoreAsync(Cancel);

        Assert.Equal(tally.Read(), again.Of(migration.Id).Read());
        Assert.True(again.Of(migration.Id).IsSpent(2.8m));
        again.Of(migration.Id).Queued(Start);
        await Store(again).RunOnceAsync(Cancel);
        await using var read = database.Open();
        Assert.Equal(2, read.Shadow.Single(s => s.Node == "test").Counts.Queued);

        ShadowStore Store(ShadowLedger ledger) => new(database.Factory, ledger, () => Mirroring(10), new NodeName("test"));
    }

    [Fact]
    public async Task Store_RowIsGone_IsWrittenAgainInTheTurnAfter()
    {
        await using var database = await TestDatabase.CreateAsync();
        var store = new ShadowStore(database.Factory, _ledger, () => Mirroring(null), new NodeName("test"));
        var tally = _ledger.Of(GatewayHost.MigrationId);
        tally.Queued(Start);
        await store.RunOnceAsync(Cancel);
        await using (var db = database.Open())
        {
            await db.Shadow.ExecuteDeleteAsync(Cancel);
        }

        tally.Queued(Start);
        await Assert.ThrowsAnyAsync<DbUpdateException>(() => store.RunOnceAsync(Cancel));
        await store.RunOnceAsync(Cancel);

        await using var read = database.Open();
        Assert.Equal(2, read.Shadow.Single().Counts.Queued);
    }

    [Fact]
    public async Task Watch_NoneOfTwentyDelivered_RingsOnceAndAgainWhenOver()
    {
        var watch = new ShadowWatch(_ledger, () => Mirroring(null), _bell, _time);
        var tally = _ledger.Of(GatewayHost.MigrationId);
        Repeat(19, () => Fail(tally));
        await watch.RunOnceAsync(Cancel);
        Assert.False(_bell.TryTake(out _));

        Fail(tally);
        await watch.RunOnceAsync(Cancel);
        await watch.RunOnceAsync(Cancel);

        Assert.True(_bell.TryTake(out var rung));
        Assert.Equal((AlertEvents.ShadowSilent, GatewayHost.MigrationId, AlertSeverity.Urgent, false), (rung.Event, rung.Subject, rung.Severity, rung.Over));
        Assert.StartsWith("0 of 20 copies of requests for 'gpt-4' were answered by 'gpt-4o'", rung.Message, StringComparison.Ordinal);
        Assert.False(_bell.TryTake(out _));
        tally.Answered(Cheap, null, whole: true, Start);
        await watch.RunOnceAsync(Cancel);
        Assert.True(_bell.TryTake(out var over) && over.Over);
    }

    [Fact]
    public async Task Watch_TargetHangs_RingsAfterAMinute()
    {
        var watch = new ShadowWatch(_ledger, () => Mirroring(null), _bell, _time);
        Repeat(20, () => _ledger.Of(GatewayHost.MigrationId).Queued(_time.GetUtcNow()));

        await watch.RunOnceAsync(Cancel);
        Assert.False(_bell.TryTake(out _));
        _time.Advance(ShadowWatch.Patience);
        await watch.RunOnceAsync(Cancel);

        Assert.True(_bell.TryTake(out var rung));
        Assert.Equal(AlertEvents.ShadowSilent, rung.Event);
    }

    [Fact]
    public async Task Watch_BudgetUsedUp_SaysSo()
    {
        var watch = new ShadowWatch(_ledger, () => Mirroring(0.4m), _bell, _time);
        _ledger.Of(GatewayHost.MigrationId).Answered(Cheap, null, whole: true, Start);

        await watch.RunOnceAsync(Cancel);

        Assert.True(_bell.TryTake(out var rung));
        Assert.Equal(AlertEvents.ShadowBudget, rung.Event);
        Assert.Contains("budget of 0.4 USD", rung.Message, StringComparison.Ordinal);
    }

    private void Fail(ShadowTally tally)
    {
        tally.Queued(_time.GetUtcNow());
        tally.Failed(null, _time.GetUtcNow());
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    private static RouteTable Mirroring(decimal? maxCost) => RouteTable.Empty with
    {
        Migrations = new Dictionary<string, MigrationRoute[]> { ["gpt-4"] = [GatewayHost.Migration(0) with { Mirror = new MirrorRoute(10_000, maxCost) }] }.ToFrozenDictionary(),
    };
}

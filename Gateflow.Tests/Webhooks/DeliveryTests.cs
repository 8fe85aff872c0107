using Gateflow.Core.Alerts;
using Gateflow.Core.Catalog;
using Gateflow.Core.Access;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Outbound;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Webhooks;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Webhooks;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Webhooks;

/// <summary>The outbox and those who empty it, on real databases and under a clock of the test's.</summary>
public abstract class DeliveryTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly OutboundConnections _connections = new(new AddressGuard(new OutboundOptions { AllowPrivateNetworks = true }));
    private readonly WebhookSecrets _secrets = new(new FlippingProtector());
    private readonly AlertBell _bell = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task TwoNodes_OneOutbox_SendEachMessageOnce()
    {
        await using var database = await CreateAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await AddAsync(database, receiver);
        for (var i = 0; i < 40; i++)
        {
            await RollBackAsync(database, $"mig_{i}");
        }

        var made = await Task.WhenAll(Node(database).RunOnceAsync(Token), Node(database, "other").RunOnceAsync(Token));

        Assert.Equal(40, made.Sum());
        HashSet<string> ids = [];
        for (var i = 0; i < 40; i++)
        {
            Assert.True(ids.Add((await receiver.NextAsync()).Id));
        }

        await using var db = database.Open();
        Assert.Equal(40, await db.WebhookDeliveries.CountAsync(d => d.Status == DeliveryStatus.Delivered && d.Attempts == 1 && d.Claim == null, Token));
    }

    [Fact]
    public async Task NodeKilledWhileSending_AfterTheLease_AnotherSends()
    {
        await using var database = await CreateAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await AddAsync(database, receiver);
        await RollBackAsync(database, "mig_1");
        await using (var db = database.Open())
        {
            var until = _clock.GetUtcNow().AddSeconds(30);
            await db.WebhookDeliveries.ExecuteUpdateAsync(set => set.SetProperty(d => d.Claim, Guid.NewGuid()).SetProperty(d => d.ClaimedUntil, until), Token);
        }

        Assert.Equal(0, await Node(database).RunOnceAsync(Token));
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, await Node(database).RunOnceAsync(Token));
        Assert.Equal("migration.rolled_back", (await receiver.NextAsync()).Type);
    }

    [Fact]
    public async Task ReceiverAway_IsTriedEverMoreSeldom_ToldAndGivenUp()
    {
        await using var database = await CreateAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, _) => Task.FromResult(503);
        await AddAsync(database, receiver);
        await RollBackAsync(database, "mig_1");
        var node = Node(database);
        List<double> waits = [];

        for (var attempt = 1; attempt <= DeliverySchedule.Attempts; attempt++)
        {
            Assert.Equal(1, await node.RunOnceAsync(Token));
            Assert.Equal(attempt >= Deliveries.Telling, _bell.TryTake(out var notice));
            Assert.Equal(attempt >= Deliveries.Telling ? AlertEvents.WebhookFailing : null, notice?.Event);
            var wait = (await OnlyAsync(database)).NextAttemptAt - _clock.GetUtcNow();
            waits.Add(wait.TotalSeconds);
            _clock.Advance(wait);
        }

        Assert.InRange(waits[0], 5, 6);
        Assert.InRange(waits[1], 20, 24);
        Assert.InRange(waits[5], 5120, 6144);
        Assert.All(waits[7..^1], wait => Assert.InRange(wait, 21_600, 25_920));
        var given = await OnlyAsync(database);
        Assert.Equal((DeliveryStatus.Failed, DeliverySchedule.Attempts), (given.Status, given.Attempts));
        Assert.All(given.Trail, attempt => Assert.Equal(503, attempt.Status));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await node.RunOnceAsync(Token));
    }

    [Fact]
    public async Task Hold_AfterAnHour_IsToldOnceAndResolvedWithTheHold()
    {
        await using var database = await CreateAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await AddAsync(database, receiver);
        var transitions = await StartAsync(database, "mig_1");
        await transitions.ApplyAsync("mig_1", m => m.Hold("not_enough_data", "About 40 more requests.", _clock.GetUtcNow()) ? null : Refusal.NotFound("hold", ""), Token);
        var watch = new HoldWatch(database.Factory, transitions, new AlertPolicy(), _clock);

        _clock.Advance(TimeSpan.FromMinutes(59));
        await watch.RunOnceAsync(Token);
        Assert.Equal(0, await Node(database).RunOnceAsync(Token));
        _clock.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(watch.RunOnceAsync(Token), new HoldWatch(database.Factory, Transitions(database), new AlertPolicy(), _clock).RunOnceAsync(Token));
        await watch.RunOnceAsync(Token);

        Assert.Equal(1, await Node(database).RunOnceAsync(Token));
        var message = await receiver.NextAsync();
        Assert.Equal(("migration.held", "not_enough_data"), (message.Type, message.Json["data"]!["hold_reason"]!.GetValue<string>()));
        await using (var db = database.Open())
        {
            var alert = await db.Alerts.SingleAsync(Token);
            Assert.Equal((WebhookEvents.Held, AlertStatus.Open), (alert.Event, alert.Status));
        }

        await transitions.ApplyAsync("mig_1", m => m.Release() ? null : Refusal.NotFound("hold", ""), Token);
        await using (var db = database.Open())
        {
            Assert.Equal(AlertStatus.Resolved, await db.Alerts.Select(a => a.Status).SingleAsync(Token));
        }
    }

    [Theory]
    [InlineData("breach_no_auto_rollback")]
    [InlineData("max_hold")]
    public async Task Hold_UrgentAfterItWasTold_IsToldAtOnceAndTheOldAlertIsOver(string reason)
    {
        await using var database = await CreateAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await AddAsync(database, receiver);
        var transitions = await StartAsync(database, "mig_1");
        var watch = new HoldWatch(database.Factory, transitions, new AlertPolicy(), _clock);
        await HoldAsync(transitions, "not_enough_data");
        _clock.Advance(TimeSpan.FromMinutes(61));
        await watch.RunOnceAsync(Token);

        await HoldAsync(transitions, reason);
        await watch.RunOnceAsync(Token);
        await watch.RunOnceAsync(Token);

        Assert.Equal(2, await Node(database).RunOnceAsync(Token));
        var messages = new[] { await receiver.NextAsync(), await receiver.NextAsync() };
        Assert.Equal(new[] { "not_enough_data", reason }.Order(), messages.Select(m => m.Json["data"]!["hold_reason"]!.GetValue<string>()).Order());
        await using var db = database.Open();
        var alerts = await db.Alerts.ToListAsync(Token);
        Assert.Equal(
            new[] { ("not_enough_data", AlertStatus.Resolved), (reason, AlertStatus.Open) }.Order(), alerts.Select(a => (a.Data["hold_reason"]!.GetValue<string>(), a.Status)).Order());
    }

    [Fact]
    public async Task Hold_ForItsHours_IsToldOnlyWhenTheyAreLongPast()
    {
        await using var database = await CreateAsync();
        var now = _clock.GetUtcNow();
        var transitions = await StartAsync(database, "mig_1", new MigrationConfig { Blackouts = [new Blackout(now.AddMinutes(1), now.AddDays(20))] });
        _clock.Advance(TimeSpan.FromMinutes(1));
        var watch = new HoldWatch(database.Factory, transitions, new AlertPolicy(), _clock);
        await HoldAsync(transitions, "window");
        _clock.Advance(TimeSpan.FromDays(15));
        await watch.RunOnceAsync(Token);
        Assert.Empty(await AlertsAsync());

        await HoldAsync(transitions, "not_enough_data");
        await watch.RunOnceAsync(Token);
        Assert.Empty(await AlertsAsync());
        _clock.Advance(TimeSpan.FromMinutes(61));
        await watch.RunOnceAsync(Token);
        Assert.Equal([AlertStatus.Open], await AlertsAsync());

        await HoldAsync(transitions, "window");
        Assert.Equal([AlertStatus.Resolved], await AlertsAsync());
        _clock.Advance(TimeSpan.FromDays(4));
        await watch.RunOnceAsync(Token);
        Assert.Equal([AlertStatus.Resolved], await AlertsAsync());
        _clock.Advance(TimeSpan.FromDays(1));
        await watch.RunOnceAsync(Token);
        Assert.Equal([AlertStatus.Resolved, AlertStatus.Open], await AlertsAsync());

        async Task<List<AlertStatus>> AlertsAsync()
        {
            await using var db = database.Open();
            return await db.Alerts.OrderBy(a => a.Id).Select(a => a.Status).ToListAsync(Token);
        }
    }

    [Fact]
    public async Task ScheduledStartThatWaits_AfterAnHour_IsToldUntilItIsCancelled()
    {
        await using var database = await CreateAsync();
        var transitions = Transitions(database);
        var migration = new Migration { Id = "mig_1", SourceModel = "source", CreatedAt = _clock.GetUtcNow(), CreatedBy = "tester" };
        migration.Configure("target", new MigrationConfig { Strategy = Strategy.Scheduled, ExecuteAt = _clock.GetUtcNow().AddMinutes(1) }, [], "tester", _clock.GetUtcNow());
        migration.Execute("tester", _clock.GetUtcNow());
        await transitions.AddAsync(migration, Token);
        await HoldAsync(transitions, "overlap");

        _clock.Advance(TimeSpan.FromMinutes(61));
        await new HoldWatch(database.Factory, transitions, new AlertPolicy(), _clock).RunOnceAsync(Token);

        Assert.Equal((WebhookEvents.Held, AlertStatus.Open), await AlertAsync());
        await transitions.ApplyAsync("mig_1", m => m.Cancel("tester", _clock.GetUtcNow(), null), Token);
        Assert.Equal((WebhookEvents.Held, AlertStatus.Resolved), await AlertAsync());

        async Task<(string, AlertStatus)> AlertAsync()
        {
            await using var db = database.Open();
            var alert = await db.Alerts.SingleAsync(Token);
            return (alert.Event, alert.Status);
        }
    }

    [Fact]
    public async Task WebhookThatFails_DeletedDuringAnAttempt_ItsAlertIsOver()
    {
        await using var database = await CreateAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var store = new WebhookStore(database.Factory, _secrets, new AddressGuard(new OutboundOptions()), _bell, _clock, NullLogger<WebhookStore>.Instance);
        receiver.Answer = async (n, _) =>
        {
            if (n > Deliveries.Telling)
            {
                await store.DeleteAsync("hook_1", "tester", Token);
            }

            return 503;
        };
        await AddAsync(database, receiver);
        await RollBackAsync(database, "mig_1");
        var node = Node(database);
        for (var attempt = 1; attempt <= Deliveries.Telling; attempt++)
        {
            await node.RunOnceAsync(Token);
            _clock.Advance((await OnlyAsync(database)).NextAttemptAt - _clock.GetUtcNow());
        }

        Assert.Equal(1, await node.RunOnceAsync(Token));

        List<(string, string, bool)> rung = [];
        while (_bell.TryTake(out var notice))
        {
            rung.Add((notice.Event, notice.Subject, notice.Over));
        }

        Assert.Equal([(AlertEvents.WebhookFailing, "hook_1", false), (AlertEvents.WebhookFailing, "hook_1", true)], rung);
    }

    public ValueTask DisposeAsync()
    {
        _connections.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private Deliveries Node(TestDatabase database, string name = "node") => new(
        database.Factory, new WebhookCall(_connections, _clock), _secrets, new PublicAddress(new Uri("https://gateflow.example.com"), null!), _bell, new ThisNode { Name = name }, _clock);

    private async Task AddAsync(TestDatabase database, WebhookReceiver receiver)
    {
        await using var db = database.Open();
        db.Add(new Webhook
        {
            Id = "hook_1", Url = receiver.Url.ToString(), Secret = _secrets.Close(WebhookSignature.NewSecret()), SecretLast4 = "abcd", CreatedAt = _clock.GetUtcNow(), CreatedBy = "tester",
        });
        await db.SaveChangesAsync(Token);
    }

    private async Task RollBackAsync(TestDatabase database, string id) => Assert.True(
        (await (await StartAsync(database, id)).ApplyAsync(id, m => m.RollBack("tester", _clock.GetUtcNow(), new System.Text.Json.Nodes.JsonObject { ["reason"] = "test" }), Token)).IsOk);

    private async Task HoldAsync(Transitions transitions, string reason) =>
        Assert.True((await transitions.ApplyAsync("mig_1", m => m.Hold(reason, "…", _clock.GetUtcNow()) ? null : Refusal.NotFound("hold", ""), Token)).IsOk);

    /// <summary>Stores a running migration.</summary>
    private async Task<Transitions> StartAsync(TestDatabase database, string id, MigrationConfig? config = null)
    {
        var transitions = Transitions(database);
        var migration = new Migration { Id = id, SourceModel = id, CreatedAt = _clock.GetUtcNow(), CreatedBy = "tester" };
        migration.Configure("target", config ?? migration.Config, [], "tester", _clock.GetUtcNow());
        await transitions.AddAsync(migration, Token);
        Assert.True((await transitions.ApplyAsync(id, m => m.Execute("tester", _clock.GetUtcNow()), Token)).IsOk);
        return transitions;
    }

    private static Transitions Transitions(TestDatabase database) => new(database.Factory, new Routes(new RouteTableLoader(
        database.Factory, new ModelDirectory(ModelCatalog.Embedded, []), new StoredProviders(new FlippingProtector()), new BootstrapKeys([]))));

    private static async Task<WebhookDelivery> OnlyAsync(TestDatabase database)
    {
        await using var db = database.Open();
        return await db.WebhookDeliveries.AsNoTracking().SingleAsync(Token);
    }
}

public sealed class SqliteDeliveryTests : DeliveryTests
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync();
}

public sealed class PostgreSqlDeliveryTests(PostgreSqlServer server) : DeliveryTests, IClassFixture<PostgreSqlServer>
{
    protected override Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, server.NewDatabase());
}

using System.Text.Json.Nodes;
using Gateflow.Core.Alerts;
using Gateflow.Core.Webhooks;
using Gateflow.Tests.Usage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Alerts;

public sealed class AlertWriterTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly AlertBell _bell = new();
    private UsageDatabase _database = null!;
    private AlertWriter _writer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await UsageDatabase.CreateAsync();
        var heard = new AlertSettings { Webhooks = new Dictionary<string, IReadOnlyList<string>> { [AlertEvents.ModelUnavailable] = ["hook_1"] } };
        _writer = new AlertWriter(_bell, _database, new AlertPolicy { Current = heard }, _time);
        await using var db = _database.CreateDbContext();
        db.Add(new Webhook { Id = "hook_1", Url = "https://hooks.example.com", Secret = [], SecretLast4 = "1234", CreatedAt = _time.GetUtcNow(), CreatedBy = "ada" });
        await db.SaveChangesAsync(Cancel);
    }

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RunOnceAsync_SameTroubleAgain_CountsOnOneAlert()
    {
        var first = _time.GetUtcNow();
        Ring("gpt-4", 3);
        Ring("gpt-5");
        await _writer.RunOnceAsync(Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));
        Ring("gpt-4", 2);
        await _writer.RunOnceAsync(Cancel);

        var alerts = await AlertsAsync();
        Assert.Equal([("gpt-4", 5L), ("gpt-5", 1L)], alerts.Select(a => (a.Subject, a.Count)));
        Assert.Equal((first, _time.GetUtcNow(), AlertStatus.Open), (alerts[0].FirstSeenAt, alerts[0].LastSeenAt, alerts[0].Status));
        Assert.StartsWith("alert_", alerts[0].Id, StringComparison.Ordinal);
        Assert.Equal(404, alerts[0].Data["status"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(14, 1)]
    [InlineData(16, 2)]
    public async Task RunOnceAsync_OverAndAgain_IsTheSameForAQuarterOfAnHour(int minutes, int alerts)
    {
        Ring("gpt-4");
        await _writer.RunOnceAsync(Cancel);
        Over("gpt-4");
        Over("never heard of");
        Assert.Equal(1, await _writer.RunOnceAsync(Cancel));
        Assert.Equal(AlertStatus.Resolved, Assert.Single(await AlertsAsync()).Status);

        _time.Advance(TimeSpan.FromMinutes(minutes));
        Ring("gpt-4");
        await _writer.RunOnceAsync(Cancel);

        var all = await AlertsAsync();
        Assert.Equal((alerts, AlertStatus.Open, null), (all.Count, all[^1].Status, all[^1].ResolvedAt));
        Assert.Equal(alerts, await ToldAsync());
    }

    [Fact]
    public async Task RunOnceAsync_AcknowledgedThatComesAndGoes_StaysAcknowledged()
    {
        Ring("gpt-4");
        await _writer.RunOnceAsync(Cancel);
        await AcknowledgeAsync();
        Over("gpt-4");
        Ring("gpt-4");

        await _writer.RunOnceAsync(Cancel);

        Assert.Equal((AlertStatus.Acknowledged, 2L), Assert.Single(await AlertsAsync()) is var alert ? (alert.Status, alert.Count) : default);
        Assert.Equal(1, await ToldAsync());
    }

    [Fact]
    public async Task RunOnceAsync_GraverThanWhatWasAcknowledged_IsOpenAndToldAgain()
    {
        foreach (var severity in new[] { AlertSeverity.Planning, AlertSeverity.Planning, AlertSeverity.ActionNeeded, AlertSeverity.Urgent, AlertSeverity.Urgent })
        {
            _bell.Ring(new AlertNotice(AlertEvents.ModelUnavailable, "gpt-4", "It ends.") { Severity = severity });
            await _writer.RunOnceAsync(Cancel);
            var alert = Assert.Single(await AlertsAsync());
            Assert.Equal(severity, alert.Severity);
            if (severity != AlertSeverity.Urgent)
            {
                await AcknowledgeAsync();
            }

            _time.Advance(TimeSpan.FromMinutes(15));
        }

        Assert.Equal((AlertStatus.Open, null), Assert.Single(await AlertsAsync()) is var last ? (last.Status, last.AcknowledgedBy) : default);
        Assert.Equal(3, await ToldAsync());
    }

    [Fact]
    public async Task RunOnceAsync_OverWithinOneTurn_LeavesOneResolved()
    {
        Ring("gpt-4");
        Over("gpt-4");

        await _writer.RunOnceAsync(Cancel);

        Assert.Equal(AlertStatus.Resolved, Assert.Single(await AlertsAsync()).Status);
    }

    [Theory]
    [InlineData(23, 1)]
    [InlineData(25, 2)]
    public async Task RunOnceAsync_Acknowledged_CountsOnUntilItWasQuietForADay(int hours, int alerts)
    {
        Ring("gpt-4");
        await _writer.RunOnceAsync(Cancel);
        await AcknowledgeAsync();
        _time.Advance(TimeSpan.FromHours(hours));
        Ring("gpt-4");
        await _writer.RunOnceAsync(Cancel);

        Assert.Equal(alerts, (await AlertsAsync()).Count);
    }

    [Fact]
    public async Task RunOnceAsync_DatabaseAway_KeepsTheNoticesForTheNextTurn()
    {
        Ring("gpt-4");
        _database.IsAway = true;
        await Assert.ThrowsAsync<IOException>(() => _writer.RunOnceAsync(Cancel));
        _database.IsAway = false;

        await _writer.RunOnceAsync(Cancel);

        Assert.Equal(1, Assert.Single(await AlertsAsync()).Count);
    }

    [Fact]
    public void Ring_FullQueue_DropsAndCounts()
    {
        var bell = new AlertBell(capacity: 2);

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => bell.Ring(new AlertNotice("e", "s"))));
        Assert.Equal(1, bell.Dropped);
    }

    private void Ring(string subject, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _bell.Ring(new AlertNotice(AlertEvents.ModelUnavailable, subject, "It is gone.") { Data = new JsonObject { ["status"] = 404 } });
        }
    }

    private void Over(string subject) => _bell.Ring(new AlertNotice(AlertEvents.ModelUnavailable, subject) { Over = true });

    private async Task AcknowledgeAsync()
    {
        await using var db = _database.CreateDbContext();
        var alert = db.Alerts.Single();
        (alert.Status, alert.AcknowledgedAt, alert.AcknowledgedBy) = (AlertStatus.Acknowledged, _time.GetUtcNow(), "ada");
        await db.SaveChangesAsync(Cancel);
    }

    private async Task<int> ToldAsync() => (await _database.ListAsync<WebhookDelivery>()).Count;

    private async Task<List<Alert>> AlertsAsync() => [.. (await _database.ListAsync<Alert>()).OrderBy(a => a.FirstSeenAt).ThenBy(a => a.Subject, StringComparer.Ordinal)];
}

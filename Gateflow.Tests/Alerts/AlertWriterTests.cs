using System.Text.Json.Nodes;
using Gateflow.Core.Alerts;
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
        _writer = new AlertWriter(_bell, _database, new AlertPolicy(), _time);
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

    [Fact]
    public async Task RunOnceAsync_Over_ResolvesAndTheNextIsNew()
    {
        Ring("gpt-4");
        await _writer.RunOnceAsync(Cancel);
        Over("gpt-4");
        Over("never heard of");
        Assert.Equal(1, await _writer.RunOnceAsync(Cancel));
        Assert.Equal(AlertStatus.Resolved, Assert.Single(await AlertsAsync()).Status);

        _time.Advance(TimeSpan.FromSeconds(1));
        Ring("gpt-4");
        await _writer.RunOnceAsync(Cancel);

        Assert.Equal([AlertStatus.Resolved, AlertStatus.Open], (await AlertsAsync()).Select(a => a.Status));
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
        await using (var db = _database.CreateDbContext())
        {
            db.Alerts.Single().Status = AlertStatus.Acknowledged;
            await db.SaveChangesAsync(Cancel);
        }

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

    private async Task<List<Alert>> AlertsAsync() => [.. (await _database.ListAsync<Alert>()).OrderBy(a => a.FirstSeenAt).ThenBy(a => a.Subject, StringComparer.Ordinal)];
}

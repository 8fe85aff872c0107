using Gateflow.Core.Alerts;
using Gateflow.Core.Usage;
using Gateflow.Tests.Usage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Alerts;

public sealed class FallbackWatchTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Requests.Start);
    private readonly AlertBell _bell = new();
    private UsageDatabase _database = null!;
    private FallbackWatch _watch = null!;
    private int _rows;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await UsageDatabase.CreateAsync();
        _watch = new FallbackWatch(_database, new AlertPolicy(), _bell, _time);
    }

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RunOnceAsync_ManyFallbacks_RingsOnceAModelWithItsReasons()
    {
        await LogAsync(40, "gpt-4", "timeout");
        await LogAsync(10, "gpt-4", "circuit_open");
        await LogAsync(49, "gpt-5", "timeout");
        await LogAsync(60, "claude", "model_deprecated"); // wished for
        await LogAsync(60, "mistral", "timeout", migration: "mig_1"); // judged elsewhere

        await _watch.RunOnceAsync(Cancel);

        var notice = Assert.Single(Rung());
        Assert.Equal(
            (AlertEvents.FallbackHeavy, "gpt-4", "50 requests of 'gpt-4' were answered by fallbacks within 5 minutes, most of them for timeout. See to its provider, or migrate."),
            (notice.Event, notice.Subject, notice.Message));
        Assert.Equal("""{"circuit_open":10,"timeout":40}""", notice.Data!.ToJsonString());
    }

    [Fact]
    public async Task RunOnceAsync_FallbacksStop_IsOverAfterTheWindow()
    {
        await LogAsync(50, "gpt-4", "timeout");
        await TurnAsync();
        _time.Advance(FallbackWatch.Window + TimeSpan.FromSeconds(1));
        await TurnAsync();

        Assert.Equal(AlertStatus.Resolved, Assert.Single(await _database.ListAsync<Alert>()).Status);
        await _watch.RunOnceAsync(Cancel);
        Assert.Empty(Rung());
    }

    private async Task TurnAsync()
    {
        await _watch.RunOnceAsync(Cancel);
        await new AlertWriter(_bell, _database, new AlertPolicy(), _time).RunOnceAsync(Cancel);
    }

    private List<AlertNotice> Rung()
    {
        List<AlertNotice> rung = [];
        while (_bell.TryTake(out var notice))
        {
            rung.Add(notice);
        }

        return rung;
    }

    private Task LogAsync(int count, string model, string reason, string? migration = null) => _database.AddAsync(
        [.. Enumerable.Range(0, count).Select(_ => new RequestRow
        {
            Id = $"req_{_rows++}", At = _time.GetUtcNow(), KeyId = "key_a", RequestedModel = model, Model = model, ServedModel = "other", FallbackReason = reason, MigrationId = migration,
        })]);
}

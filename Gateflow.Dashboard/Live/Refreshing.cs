namespace Gateflow.Dashboard.Live;

/// <summary>
/// Calls a page back when what it shows has changed, and now and then anyway for what has no signal: another node's doings, a database that is
/// away. A list is called at most every two seconds because it costs more than one snapshot. Until disposed.
/// </summary>
internal sealed class Refreshing : IAsyncDisposable
{
    /// <summary>The silence after which a page that shows one migration is called without a signal.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1.5);
    private readonly CancellationTokenSource _stop = new();
    private readonly IAsyncDisposable _subscription;
    private readonly Task _timer;

    /// <param name="feed">What signals.</param>
    /// <param name="clock">Measures the pauses.</param>
    /// <param name="refresh">Run in the page's own context by the page.</param>
    /// <param name="every">The time between two calls without a signal; asked anew each time.</param>
    public Refreshing(MigrationFeed feed, TimeProvider clock, Func<Task> refresh, Func<TimeSpan> every)
    {
        _subscription = feed.Subscribe(null, async token =>
        {
            await refresh();
            await Task.Delay(Rest, clock, token);
        });
        _timer = TickAsync(clock, refresh, every);
    }

    /// <summary>The same for a page that shows one migration, at the feed's own pace; without a signal only when it was silent for a <see cref="Beat"/>, since many may watch.</summary>
    public Refreshing(MigrationFeed feed, TimeProvider clock, Func<Task> refresh, string migrationId)
    {
        var called = clock.GetTimestamp();
        _subscription = feed.Subscribe(migrationId, _ => CallAsync());
        _timer = TickAsync(clock, () => Left() > TimeSpan.Zero ? Task.CompletedTask : CallAsync(), Left);

        TimeSpan Left() => Beat - clock.GetElapsedTime(called) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

        async Task CallAsync()
        {
            await refresh();
            called = clock.GetTimestamp();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _subscription.DisposeAsync();
        await _timer;
        _stop.Dispose();
    }

    private async Task TickAsync(TimeProvider clock, Func<Task> refresh, Func<TimeSpan> every)
    {
        try
        {
            while (true)
            {
                await Task.Delay(every(), clock, _stop.Token);
                await refresh();
            }
        }
        catch (OperationCanceledException)
        {
            // the page was left
        }
        catch (ObjectDisposedException)
        {
            // the same, met while a call was under way
        }
    }
}

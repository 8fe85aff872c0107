namespace Gateflow.Dashboard.Live;

/// <summary>
/// Calls a list page back when any migration changed, at most every two seconds because a list costs more than one snapshot, and
/// now and then anyway for what has no signal. Until disposed.
/// </summary>
internal sealed class Refreshing : IAsyncDisposable
{
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

using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Gateflow.Dashboard.Live;

/// <summary>
/// Tells whoever watches a migration that something changed. A signal carries no data: the watcher reads a snapshot anew. Signals that
/// come while one waits melt into it, and no watcher is called more often than twice a second, so the cost is bounded by watchers, not by traffic.
/// </summary>
public sealed partial class MigrationFeed(TimeProvider clock, ILogger<MigrationFeed> logger)
{
    /// <summary>Least time between two calls of one watcher.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Subscription, byte> _subscriptions = new();
    private readonly ILogger _logger = logger;

    /// <summary>Number of watchers now.</summary>
    public int Watchers => _subscriptions.Count;

    /// <summary>The ids that are watched now; null among them stands for "all".</summary>
    public IReadOnlyCollection<string?> Watched => [.. _subscriptions.Keys.Select(s => s.MigrationId).Distinct()];

    /// <summary>
    /// Watches one migration, or all with null, until disposed. The callback is never run twice at once; one that fails is logged, and
    /// the next signal calls it again. The callback itself must not dispose the subscription and wait for it.
    /// </summary>
    public IAsyncDisposable Subscribe(string? migrationId, Func<CancellationToken, Task> changed)
    {
        var subscription = new Subscription(this, migrationId, changed, clock);
        _subscriptions[subscription] = 0;
        return subscription;
    }

    /// <summary>Says that a migration changed.</summary>
    public void Signal(string migrationId)
    {
        foreach (var subscription in _subscriptions.Keys)
        {
            if (subscription.MigrationId is null || subscription.MigrationId == migrationId)
            {
                subscription.Signal();
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A watcher of migration {Id} failed and is called again at the next change: {Kind}: {Message}")]
    private static partial void LogFailed(ILogger logger, string? id, string kind, string message);

    private sealed class Subscription : IAsyncDisposable
    {
        private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private readonly CancellationTokenSource _stop = new();
        private readonly MigrationFeed _feed;
        private readonly Task _loop;

        public Subscription(MigrationFeed feed, string? migrationId, Func<CancellationToken, Task> changed, TimeProvider clock)
        {
            _feed = feed;
            MigrationId = migrationId;
            _loop = Task.Run(() => RunAsync(changed, clock, feed._logger));
        }

        public string? MigrationId { get; }

        public void Signal() => _signals.Writer.TryWrite(true);

        public async ValueTask DisposeAsync()
        {
            if (_feed._subscriptions.TryRemove(this, out _))
            {
                await _stop.CancelAsync();
                await _loop;
                _stop.Dispose();
            }
        }

        private async Task RunAsync(Func<CancellationToken, Task> changed, TimeProvider clock, ILogger logger)
        {
            try
            {
                await foreach (var _ in _signals.Reader.ReadAllAsync(_stop.Token))
                {
                    await CallAsync(changed, logger);
                    await Task.Delay(Interval, clock, _stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // disposed
            }
        }

        private async Task CallAsync(Func<CancellationToken, Task> changed, ILogger logger)
        {
            try
            {
                await changed(_stop.Token);
            }
            catch (ObjectDisposedException)
            {
                // the watcher's page went away between signal and call
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !_stop.IsCancellationRequested)
            {
                LogFailed(logger, MigrationId, fault.GetType().Name, fault.Message);
            }
        }
    }
}

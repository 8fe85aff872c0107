using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Gateflow.Dashboard.Live;

/// <summary>
/// Tells whoever watches a migration that something changed. A signal carries no data: the watcher reads a snapshot anew. Signals that
/// come while one waits melt into it, and no watcher is called more often than twice a second, so the cost is bounded by watchers, not by traffic.
/// Pages give way to traffic: while the program's processors are busy, numbers come every two seconds; what somebody or a guardrail decided comes as ever.
/// </summary>
public sealed partial class MigrationFeed(TimeProvider clock, ProcessorLoad load, ILogger<MigrationFeed> logger)
{
    /// <summary>Least time between two calls of one watcher.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>The same while the processors are busy.</summary>
    public static readonly TimeSpan BusyInterval = TimeSpan.FromSeconds(2);

    /// <summary>Share of the processors from which on they count as busy.</summary>
    public const double Busy = 0.8;

    private readonly ConcurrentDictionary<Subscription, byte> _subscriptions = new();
    private readonly TimeProvider _clock = clock;
    private readonly ProcessorLoad _load = load;
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
        var subscription = new Subscription(this, migrationId, changed);
        _subscriptions[subscription] = 0;
        return subscription;
    }

    /// <summary>Says that a migration changed; with <paramref name="decided"/> that something was decided, not only counted.</summary>
    public void Signal(string migrationId, bool decided = false)
    {
        foreach (var subscription in _subscriptions.Keys)
        {
            if (subscription.MigrationId is null || subscription.MigrationId == migrationId)
            {
                subscription.Signal(decided);
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
        private TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Subscription(MigrationFeed feed, string? migrationId, Func<CancellationToken, Task> changed)
        {
            _feed = feed;
            MigrationId = migrationId;
            _loop = Task.Run(() => RunAsync(changed));
        }

        public string? MigrationId { get; }

        public void Signal(bool decided)
        {
            _signals.Writer.TryWrite(true);
            if (decided)
            {
                Volatile.Read(ref _decided).TrySetResult();
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_feed._subscriptions.TryRemove(this, out _))
            {
                await _stop.CancelAsync();
                await _loop;
                _stop.Dispose();
            }
        }

        private async Task RunAsync(Func<CancellationToken, Task> changed)
        {
            try
            {
                await foreach (var _ in _signals.Reader.ReadAllAsync(_stop.Token))
                {
                    var decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    Volatile.Write(ref _decided, decided);
                    await CallAsync(changed, _feed._logger);
                    await RestAsync(decided.Task);
                }
            }
            catch (OperationCanceledException)
            {
                // disposed
            }
        }

        private async Task RestAsync(Task decided)
        {
            await Task.Delay(Interval, _feed._clock, _stop.Token);
            if (_feed._load.Share >= Busy)
            {
                await Task.WhenAny(decided, Task.Delay(BusyInterval - Interval, _feed._clock, _stop.Token));
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

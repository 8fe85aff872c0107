using System.Collections.Concurrent;

namespace Gateflow.Dashboard.Replay;

/// <summary>What runs in the background of this node, by its id: to be waited for, cancelled, and ended when the program stops.</summary>
internal sealed class RunningWork : IDisposable
{
    private readonly ConcurrentDictionary<string, Entry> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    public int Count => _running.Count;

    /// <summary>True once the program stops.</summary>
    public bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>Announces work before it is stored: else it might be taken for abandoned. The token ends it.</summary>
    public CancellationToken Add(string id) => (_running[id] = new Entry(CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token))).Cancel.Token;

    public bool Has(string id) => _running.ContainsKey(id);

    /// <summary>It is over, or was never begun.</summary>
    public void Forget(string id)
    {
        if (_running.TryRemove(id, out var entry))
        {
            entry.Over.TrySetResult();
            entry.Cancel.Dispose();
        }
    }

    /// <summary>Returns when it is over, at once when it does not run here.</summary>
    public Task WaitAsync(string id, CancellationToken cancellationToken) =>
        _running.TryGetValue(id, out var entry) ? entry.Over.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Ends it early and returns when its end is stored; false when it does not run here.</summary>
    public async Task<bool> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (!_running.TryGetValue(id, out var entry))
        {
            return false;
        }

        try
        {
            await entry.Cancel.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // it has just ended by itself
        }

        await entry.Over.Task.WaitAsync(cancellationToken);
        return true;
    }

    /// <summary>Ends all of it, and returns when the ends are stored.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values.Select(e => e.Over.Task)).WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private sealed class Entry(CancellationTokenSource cancel)
    {
        public CancellationTokenSource Cancel { get; } = cancel;

        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.SignalR;

namespace Gateflow.Dashboard.Live;

/// <summary>One subscription to the feed a migration that at least one hub connection watches; it sends to the group.</summary>
public sealed class HubWatches(MigrationFeed feed, LiveSnapshots snapshots, IHubContext<MigrationHub> hub)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);

    /// <param name="seen">Numbers of the events that the new watcher has seen.</param>
    public void Add(string connectionId, string migrationId, IEnumerable<long> seen)
    {
        lock (_lock)
        {
            if (!_watches.TryGetValue(migrationId, out var watch))
            {
                _watches[migrationId] = watch = new Watch { Sent = [.. seen] };
                watch.Subscription = feed.Subscribe(migrationId, _ => SendAsync(migrationId, watch));
            }

            watch.Connections.Add(connectionId);
        }
    }

    public async Task RemoveAsync(string connectionId, string migrationId)
    {
        Watch? last = null;
        lock (_lock)
        {
            if (_watches.TryGetValue(migrationId, out var watch) && watch.Connections.Remove(connectionId) && watch.Connections.Count == 0)
            {
                _watches.Remove(migrationId);
                last = watch;
            }
        }

        if (last?.Subscription is { } subscription)
        {
            await subscription.DisposeAsync();
        }
    }

    public async Task RemoveAllAsync(string connectionId)
    {
        List<string> ids;
        lock (_lock)
        {
            ids = [.. _watches.Where(w => w.Value.Connections.Contains(connectionId)).Select(w => w.Key)];
        }

        foreach (var id in ids)
        {
            await RemoveAsync(connectionId, id);
        }
    }

    private async Task SendAsync(string migrationId, Watch watch)
    {
        if (await snapshots.GetAsync(migrationId) is not { } snapshot)
        {
            return;
        }

        var group = hub.Clients.Group(migrationId);
        await group.MigrationChangedAsync(MigrationEndpoints.ToJson(snapshot.Migration));
        foreach (var e in snapshot.Events.Where(e => !watch.Sent.Contains(e.Number)).OrderBy(e => e.Number).ToList())
        {
            await group.EventAppendedAsync(e);
            watch.Sent.Add(e.Number);
        }

        if (snapshot.Points is [.., var point])
        {
            await group.ArmsTickedAsync(point);
        }
    }

    private sealed class Watch
    {
        public HashSet<string> Connections { get; } = new(StringComparer.Ordinal);

        public IAsyncDisposable? Subscription { get; set; }

        /// <summary>Each by itself: one with a lower number may be committed later.</summary>
        public required HashSet<long> Sent { get; init; }
    }
}

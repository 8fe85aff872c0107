using System.Collections.Concurrent;
using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Live;

/// <summary>
/// The numbers of a watched migration, computed once a tick for all who watch it. A snapshot older than half a second is read anew,
/// by the first who asks; the others wait for the same reading.
/// </summary>
public sealed class LiveSnapshots(MigrationReader reader, TimeProvider clock)
{
    /// <summary>Width of an arm window: the finest point of a chart.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private const int MostPoints = 360;
    private const int MostKept = 64;
    private const int EventPage = 1000;
    private const int LatestRequests = 20;
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(450);

    /// <summary>How often the charts of a running migration move when nothing happens.</summary>
    private static readonly TimeSpan ChartBeat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    /// <summary>How far back the newest windows may still be written.</summary>
    private static readonly TimeSpan Running = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    /// <summary>Lives up to which fine windows and those of five minutes are read for the whole.</summary>
    private static readonly TimeSpan Fine = TimeSpan.FromHours(2);
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromDays(3);
    private readonly ConcurrentDictionary<string, Reading> _readings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>The migration with its numbers; null when there is none.</summary>
    public Task<LiveSnapshot?> GetAsync(string migrationId)
    {
        while (true)
        {
            var now = clock.GetTimestamp();
            var known = _readings.GetValueOrDefault(migrationId);
            if (known is not null && clock.GetElapsedTime(known.At, now) < Fresh)
            {
                return known.Value.Value;
            }

            var reading = new Reading(now, new Lazy<Task<LiveSnapshot?>>(() => ReadAsync(migrationId)));
            if (known is null ? _readings.TryAdd(migrationId, reading) : _readings.TryUpdate(migrationId, reading, known))
            {
                return reading.Value.Value;
            }
        }
    }

    /// <summary>Whoever asks next reads anew.</summary>
    public void Forget(string migrationId) => _readings.TryRemove(migrationId, out _);

    private async Task<LiveSnapshot?> ReadAsync(string migrationId)
    {
        try
        {
            if (await reader.FindAsync(migrationId, CancellationToken.None) is not { } view)
            {
                _readings.TryRemove(migrationId, out _);
                return null;
            }

            var now = clock.GetUtcNow();
            var kept = await KeepAsync(view, now);
            var snapshot = new LiveSnapshot(view, kept.Recent, kept.Events)
            {
                At = now,
                Drawn = kept.Charted is { } drawn && now - drawn.At < ChartBeat && ReferenceEquals(drawn.Events, kept.Events) && view.Progress.FinishedAt is null ? drawn : null,
                Whole = kept.Every == Window ? kept.Recent : kept.Whole,
                Every = kept.Every,
                Requests = kept.Requests,
                Rollback = view.Status != MigrationStatus.RolledBack
                    ? null : (await reader.RollbacksAsync(1, null, migrationId, CancellationToken.None)).Data is [var latest, ..] ? latest : null,
            };
            _kept[migrationId] = kept with { Charted = snapshot.Charted };
            Trim();
            return snapshot;
        }
        catch
        {
            _readings.TryRemove(migrationId, out _);
            throw;
        }
    }

    /// <summary>What grows with a migration's length and is therefore not read from its beginning at each tick: events, and the points of the charts.</summary>
    private async Task<Kept> KeepAsync(MigrationView view, DateTimeOffset now)
    {
        var id = view.MigrationId;
        var kept = _kept.GetValueOrDefault(id) ?? new Kept([], [], [], default, [], Window, default, null);
        var requests = await reader.RequestsAsync(id, LatestRequests, CancellationToken.None, exists: true) ?? [];
        kept = kept with { Events = await EventsAsync(id, kept.Events), Requests = requests.SequenceEqual(kept.Requests) ? kept.Requests : requests };
        if (view.Progress.StartedAt is { } started)
        {
            var end = view.Progress.FinishedAt ?? now;
            kept = await RecentAsync(id, kept, end - Recent > started ? end - Recent : started - Window, now);
            kept = await WholeAsync(view, kept, started - Window, now);
        }

        return kept;
    }

    private async Task<IReadOnlyList<EventView>> EventsAsync(string id, IReadOnlyList<EventView> before)
    {
        var settled = before is [.., var newest] ? newest.Number - EventView.Unsettled : 0;
        var events = before.Where(e => e.Number <= settled).ToList();
        while (true)
        {
            var more = await reader.EventsAsync(id, events is [.., var last] ? last.Number : Math.Max(0, settled), EventPage, CancellationToken.None) ?? [];
            events.AddRange(more);
            if (more.Count < EventPage)
            {
                // The same list again when nothing happened: pages then need not draw it anew.
                return events.Select(e => e.Id).SequenceEqual(before.Select(e => e.Id), StringComparer.Ordinal) ? before : events;
            }
        }
    }

    /// <summary>The last hour in fine points. Windows past hardly change: now and then all are read anew, for what a node wrote late.</summary>
    private async Task<Kept> RecentAsync(string id, Kept before, DateTimeOffset from, DateTimeOffset now)
    {
        var all = before.Recent.Count == 0 || now - before.RecentAt > Late;
        var since = all || before.Recent[^1].At - Running < from ? from : before.Recent[^1].At - Running;
        var points = await reader.PointsAsync(id, since, DateTimeOffset.MaxValue, Window, CancellationToken.None);
        var first = points is [var oldest, ..] && oldest.At < since ? oldest.At : since;
        return before with
        {
            Recent = [.. before.Recent.Where(p => p.At > from - Window && p.At < first), .. points], RecentAt = all ? now : before.RecentAt,
        };
    }

    private async Task<Kept> WholeAsync(MigrationView view, Kept before, DateTimeOffset from, DateTimeOffset now)
    {
        var every = Every((view.Progress.FinishedAt ?? now) - from);
        if (every == Window)
        {
            return before with { Whole = [], Every = Window };
        }

        return before.Every == every && (now - before.At < every || before.At > view.Progress.FinishedAt + Late)
            ? before
            : before with
            {
                Whole = await reader.PointsAsync(view.MigrationId, from, DateTimeOffset.MaxValue, every, CancellationToken.None), Every = every, At = now,
            };
    }

    /// <summary>Width of a point of the whole life: some hundred points, and a whole multiple of windows that are not many more.</summary>
    private static TimeSpan Every(TimeSpan life)
    {
        var unit = life <= Fine ? Window : life <= FiveMinutes ? TimeSpan.FromSeconds(WindowKey.FiveMinutes) : TimeSpan.FromSeconds(WindowKey.Hour);
        return unit * Math.Max(1, Math.Ceiling(life / (unit * MostPoints)));
    }

    /// <summary>What nobody has looked at for a while is forgotten.</summary>
    private void Trim()
    {
        if (_kept.Count <= MostKept)
        {
            return;
        }

        foreach (var (id, reading) in _readings)
        {
            if (clock.GetElapsedTime(reading.At) > Late && _readings.TryRemove(KeyValuePair.Create(id, reading)))
            {
                _kept.TryRemove(id, out _);
            }
        }
    }

    private sealed record Reading(long At, Lazy<Task<LiveSnapshot?>> Value);

    /// <param name="Events">In order of time.</param>
    /// <param name="Requests">The last ones.</param>
    /// <param name="Recent">The last hour.</param>
    /// <param name="RecentAt">When all of it was read last.</param>
    /// <param name="Whole">The whole life; none while <paramref name="Every"/> is the finest.</param>
    /// <param name="Every">Width of its points.</param>
    /// <param name="At">When it was read.</param>
    /// <param name="Charted">What the charts show.</param>
    private sealed record Kept(
        IReadOnlyList<EventView> Events,
        IReadOnlyList<RequestView> Requests,
        IReadOnlyList<ArmPoint> Recent,
        DateTimeOffset RecentAt,
        IReadOnlyList<ArmPoint> Whole,
        TimeSpan Every,
        DateTimeOffset At,
        LiveSnapshot? Charted);
}

using System.Collections.Concurrent;
using Gateflow.Core.Migrations;
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
    private const int LatestRequests = 20;
    private const long Unsettled = 100;
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(450);
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);
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
            IReadOnlyList<ArmPoint> points = [];
            if (view.Progress.StartedAt is { } started)
            {
                var recent = (view.Progress.FinishedAt ?? now) - Recent;
                points = await reader.PointsAsync(migrationId, recent > started ? recent : started - Window, CancellationToken.None);
            }

            return new LiveSnapshot(view, points, kept.Events)
            {
                At = now,
                Whole = kept.Every == Window ? points : kept.Whole,
                Every = kept.Every,
                Requests = await reader.RequestsAsync(migrationId, LatestRequests, CancellationToken.None) ?? [],
                Rollback = view.Status != MigrationStatus.RolledBack
                    ? null : (await reader.RollbacksAsync(1, null, migrationId, CancellationToken.None)).Data is [var latest, ..] ? latest : null,
            };
        }
        catch
        {
            _readings.TryRemove(migrationId, out _);
            throw;
        }
    }

    /// <summary>What grows with a migration's length and is therefore not read from its beginning at each tick: events, and the long view.</summary>
    private async Task<Kept> KeepAsync(MigrationView view, DateTimeOffset now)
    {
        var id = view.MigrationId;
        var before = _kept.GetValueOrDefault(id) ?? new Kept([], [], Window, now);
        // Ids are given before they are committed: one a little below the last known may still turn up.
        var settled = before.Events is [.., var newest] ? EventFollowing.Number(newest.Id) - Unsettled : 0;
        var events = before.Events.Where(e => EventFollowing.Number(e.Id) <= settled).ToList();
        while (await reader.EventsAsync(id, events is [.., var last] ? EventFollowing.Number(last.Id) : Math.Max(0, settled), 1000, CancellationToken.None) is { Count: > 0 } more)
        {
            events.AddRange(more);
        }

        var kept = before with { Events = events };
        var from = (view.Progress.StartedAt ?? now) - Window;
        var every = Every((view.Progress.FinishedAt ?? now) - from);
        if (every == Window)
        {
            kept = kept with { Whole = [], Every = Window };
        }
        else if (before.Every != every || now - before.At >= every || view.Progress.FinishedAt is not null)
        {
            kept = kept with { Whole = await reader.PointsAsync(id, from, every, CancellationToken.None), Every = every, At = now };
        }

        _kept[id] = kept;
        return kept;
    }

    private static TimeSpan Every(TimeSpan life) => Window * Math.Max(1, Math.Ceiling(life / (Window * MostPoints)));

    private sealed record Reading(long At, Lazy<Task<LiveSnapshot?>> Value);

    private sealed record Kept(IReadOnlyList<EventView> Events, IReadOnlyList<ArmPoint> Whole, TimeSpan Every, DateTimeOffset At);
}

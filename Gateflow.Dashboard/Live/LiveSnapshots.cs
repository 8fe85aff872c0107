using System.Collections.Concurrent;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Live;

/// <summary>
/// The numbers of a watched migration, computed once a tick for all who watch it. A snapshot older than half a second is read anew,
/// by the first who asks; the others wait for the same reading.
/// </summary>
public sealed class LiveSnapshots(MigrationReader reader, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(450);
    private readonly ConcurrentDictionary<string, Reading> _readings = new(StringComparer.Ordinal);

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

    private async Task<LiveSnapshot?> ReadAsync(string migrationId)
    {
        try
        {
            if (await reader.FindAsync(migrationId, CancellationToken.None) is not { } view)
            {
                _readings.TryRemove(migrationId, out _);
                return null;
            }

            var from = view.Progress.StartedAt ?? clock.GetUtcNow();
            var points = view.Progress.StartedAt is null ? [] : await reader.PointsAsync(migrationId, from.AddSeconds(-10), CancellationToken.None);
            var events = await reader.EventsAsync(migrationId, 0, 1000, CancellationToken.None) ?? [];
            return new LiveSnapshot(view, points, events);
        }
        catch
        {
            _readings.TryRemove(migrationId, out _);
            throw;
        }
    }

    private sealed record Reading(long At, Lazy<Task<LiveSnapshot?>> Value);
}

/// <summary>Everything that the live page of a migration shows.</summary>
public sealed record LiveSnapshot(MigrationView Migration, IReadOnlyList<ArmPoint> Points, IReadOnlyList<EventView> Events);

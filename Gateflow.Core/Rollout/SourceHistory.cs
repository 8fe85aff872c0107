using System.Collections.Concurrent;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Rollout;

/// <summary>What the source's answers took in the same hours of the days before a migration, from the rollups.</summary>
public sealed class SourceHistory(IDbContextFactory<GateflowDb> databases)
{
    /// <summary>How many days back is looked.</summary>
    public const int Days = 14;

    private readonly ConcurrentDictionary<string, (DateTimeOffset Hour, double? Tail)> _known = new(StringComparer.Ordinal);

    /// <summary>What was found last for a migration, ms; null when that was nothing.</summary>
    public double? Known(string id) => _known.TryGetValue(id, out var known) ? known.Tail : null;

    /// <summary>Looks up the history of this hour, once an hour, for the migrations whose latency guardrail needs it, and gives it to the judge.</summary>
    public async Task RefreshAsync(IReadOnlyList<Migration> migrations, Judge judge, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hour = RollupKey.Floor(now, TimeSpan.TicksPerHour);
        foreach (var migration in migrations)
        {
            if (!migration.IsRunning || migration.Weight <= GuardrailMinimums.LatencyMaxWeight || migration.Config.RollbackThreshold.LatencyP99Increase is null
                || migration.StartedAt is not { } startedAt)
            {
                continue;
            }

            if (_known.TryGetValue(migration.Id, out var known) && known.Hour == hour)
            {
                judge.SetLatencyHistory(migration.Id, known.Tail); // a judge whose limits were tightened has begun without it
                continue;
            }

            var tail = await TailAsync(migration.SourceModel, migration.Config.Scope, startedAt, now, cancellationToken);
            judge.SetLatencyHistory(migration.Id, tail);
            _known[migration.Id] = (hour, tail);
        }
    }

    /// <summary>Forgets a migration that is no longer judged.</summary>
    public void Forget(string id) => _known.TryRemove(id, out _);

    /// <summary>
    /// The 95th percentile of the source's whole durations, ms, in that part of its traffic, in this hour of the day (UTC) and the one after it of the
    /// <see cref="Days"/> days before <paramref name="startedAt"/>; null with fewer than 300 answers.
    /// </summary>
    public async Task<double?> TailAsync(string source, MigrationScope scope, DateTimeOffset startedAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hours = Hours(startedAt, now);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var packed = await db.UsageRollups.AsNoTracking()
            .Where(r => r.Model == source && r.ServedModel == source && hours.Contains(r.Hour)).Within(scope)
            .Select(r => r.LatencyHistogram)
            .ToListAsync(cancellationToken);
        var histogram = new LatencyHistogram();
        foreach (var one in packed)
        {
            histogram.MergePacked(one);
        }

        return histogram.Count >= GuardrailMinimums.LatencySources ? histogram.Quantile(LatencyTest.Tail) : null;
    }

    /// <summary>The whole hours that count, all before the migration's first.</summary>
    private static List<DateTimeOffset> Hours(DateTimeOffset startedAt, DateTimeOffset now)
    {
        var first = RollupKey.Floor(startedAt, TimeSpan.TicksPerHour);
        return [.. Enumerable.Range(-1, Days + 1)
            .SelectMany(day => Enumerable.Range(now.UtcDateTime.Hour, 2).Select(hour => new DateTimeOffset(first.UtcDateTime.Date, TimeSpan.Zero).AddDays(-day).AddHours(hour)))
            .Where(hour => hour < first && hour >= first.AddDays(-Days))];
    }
}

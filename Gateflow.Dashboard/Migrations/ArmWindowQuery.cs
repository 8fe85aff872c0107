using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Migrations;

/// <summary>Reads arm windows, the longest that will do: what is read grows with what is shown, not with a migration's age.</summary>
internal static class ArmWindowQuery
{
    /// <summary>Migrations of one query; queries of few and of many have one shape each, so that each is compiled once.</summary>
    private static readonly int[] Shapes = [1, 4, 20];

    /// <summary>Everything since the start, one row a node and arm, by migration.</summary>
    public static async Task<ILookup<string, ArmWindow>> LivesAsync(GateflowDb db, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var lives = ids.Count == 0
            ? []
            : await db.ArmWindows.AsNoTracking().Where(w => ids.Contains(w.MigrationId) && w.Seconds == WindowKey.Life).ToListAsync(cancellationToken);
        return lives.ToLookup(w => w.MigrationId, StringComparer.Ordinal);
    }

    /// <summary>
    /// The percentage of requests that were assigned to the target since a moment (the window that holds it included), by migration; those
    /// without a request are left out. Fine windows up to the next whole five minutes, those up to the hour, then hours.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, double>> SharesAsync(
        GateflowDb db, IReadOnlyList<(string Id, DateTimeOffset Since)> migrations, CancellationToken cancellationToken)
    {
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var done = 0; done < migrations.Count;)
        {
            var shape = Shapes.FirstOrDefault(s => s >= migrations.Count - done, Shapes[^1]);
            var some = migrations.Skip(done).Take(shape).ToList();
            done += shape;
            var counts = await Enumerable.Range(0, shape)
                .Select(i => i < some.Count ? some[i] : ("", DateTimeOffset.UnixEpoch))
                .SelectMany(m => Since(db, m.Item1, m.Item2))
                .Aggregate((all, next) => all.Concat(next))
                .ToListAsync(cancellationToken);
            foreach (var one in counts.GroupBy(c => c.MigrationId, StringComparer.Ordinal))
            {
                if (one.Sum(c => c.Requests) is var sum and > 0)
                {
                    shares[one.Key] = 100.0 * one.Where(c => c.Arm == Arm.Target).Sum(c => c.Requests) / sum;
                }
            }
        }

        return shares;
    }

    /// <summary>Points of a chart; windows of an hour or five minutes where the points are at least as wide.</summary>
    public static async Task<IReadOnlyList<ArmPoint>> PointsAsync(
        GateflowDb db, string id, DateTimeOffset from, DateTimeOffset until, TimeSpan every, CancellationToken cancellationToken)
    {
        var seconds = WindowKey.Lengths.Where(s => s != WindowKey.Life && every.Ticks % TimeSpan.FromSeconds(s).Ticks == 0).Max();
        var first = new WindowKey(from, id, Arm.None).Within(seconds).At;
        var windows = await db.ArmWindows.AsNoTracking().Where(w => w.MigrationId == id && w.Seconds == seconds && w.At >= first && w.At <= until)
            .OrderBy(w => w.At).ToListAsync(cancellationToken);
        return [.. windows.GroupBy(w => w.At.UtcTicks / every.Ticks)
            .Select(g => ArmTotals.Point(new DateTimeOffset(g.Key * every.Ticks, TimeSpan.Zero), [.. g]))];
    }

    private static IEnumerable<IQueryable<Counted>> Since(GateflowDb db, string id, DateTimeOffset since)
    {
        var from = new WindowKey(since, id, Arm.None).Within(WindowKey.Fine).At;
        var five = Ceiling(from, TimeSpan.FromSeconds(WindowKey.FiveMinutes));
        var hour = Ceiling(five, TimeSpan.FromSeconds(WindowKey.Hour));
        return [Between(db, id, WindowKey.Fine, from, five), Between(db, id, WindowKey.FiveMinutes, five, hour), Between(db, id, WindowKey.Hour, hour, DateTimeOffset.MaxValue)];
    }

    private static IQueryable<Counted> Between(GateflowDb db, string id, int seconds, DateTimeOffset from, DateTimeOffset until) =>
        db.ArmWindows.AsNoTracking().Where(w => w.MigrationId == id && w.Seconds == seconds && w.At >= from && w.At < until)
            .Select(w => new Counted { MigrationId = w.MigrationId, Arm = w.Arm, Requests = w.Requests });

    private static DateTimeOffset Ceiling(DateTimeOffset at, TimeSpan step) =>
        new((at.UtcTicks + step.Ticks - 1) / step.Ticks * step.Ticks, TimeSpan.Zero);

    private sealed class Counted
    {
        public required string MigrationId { get; init; }

        public required Arm Arm { get; init; }

        public required long Requests { get; init; }
    }
}

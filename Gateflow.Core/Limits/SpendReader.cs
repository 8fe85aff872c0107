using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Limits;

/// <summary>
/// Tells the meters what the rollups know: once what this node counted before its start, and again and again what the other nodes have counted.
/// So a limit of a day or month holds for all nodes together, and can be overshot by no more than what passes between two turns.
/// </summary>
public sealed class SpendReader(IDbContextFactory<GateflowDb> databases, Func<RouteTable> routes, KeyMeters meters, NodeName node, TimeProvider clock)
{
    /// <summary>Time between turns.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>One turn. Reads nothing while no key has a limit of a day or month.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var unlimited in routes().Keys.Values.Where(k => k.Limits is null))
        {
            meters.Find(unlimited.Id)?.Unseed(); // nobody counts what it uses; a limit that is set again begins with what the rollups say
        }

        var keys = routes().Keys.Values.Where(k => k.Limits is { } l && (l.DailyRequests ?? l.MonthlyCostUsd) is not null).Select(k => k.Id).Distinct().ToList();
        if (keys.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow().ToUniversalTime();
        var day = new DateTimeOffset(now.Date, TimeSpan.Zero);
        var month = day.AddDays(1 - day.Day);
        var own = node.Value;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var spent = await db.UsageRollups.AsNoTracking().Where(r => r.Hour >= month && keys.Contains(r.KeyId))
            .GroupBy(r => new { r.KeyId, r.Node })
            .Select(g => new { g.Key.KeyId, g.Key.Node, Requests = g.Sum(r => r.Hour >= day ? r.Requests : 0), Cost = g.Sum(r => (double)r.Cost) })
            .ToListAsync(cancellationToken);
        foreach (var key in keys)
        {
            var meter = meters.Of(key);
            if (!meter.IsSeeded)
            {
                var here = spent.Find(s => s.KeyId == key && s.Node == own);
                meter.Seed(now, here?.Requests ?? 0, (decimal)(here?.Cost ?? 0));
            }

            var elsewhere = spent.FindAll(s => s.KeyId == key && s.Node != own);
            meter.SetElsewhere(now, elsewhere.Sum(s => s.Requests), (decimal)elsewhere.Sum(s => s.Cost));
        }
    }
}

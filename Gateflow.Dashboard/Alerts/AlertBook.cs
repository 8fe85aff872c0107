using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Alerts;

/// <summary>Lists alerts and takes note of who has seen them.</summary>
public sealed class AlertBook(IDbContextFactory<GateflowDb> databases, TimeProvider clock)
{
    private const int Attempts = 5;

    /// <summary>Newest first.</summary>
    /// <param name="statuses">Where they stand; empty for everywhere.</param>
    /// <param name="limit">Most alerts of the page.</param>
    /// <param name="cursor">Id of the last alert of the page before; null for the first page.</param>
    public async Task<ListPage<AlertView>> ListAsync(IReadOnlyList<AlertStatus> statuses, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.Alerts.AsNoTracking()
            .Where(a => (statuses.Count == 0 || statuses.Contains(a.Status)) && (cursor == null || a.Id.CompareTo(cursor) < 0))
            .OrderByDescending(a => a.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<AlertView>([.. found.Take(limit).Select(AlertView.Of)], found.Count > limit ? found[limit - 1].Id : null);
    }

    /// <summary>What the page shows: the alerts of one status, newest first, and how many there are of each.</summary>
    public async Task<AlertSheet> SheetAsync(AlertStatus status, int limit, CancellationToken cancellationToken)
    {
        var page = await ListAsync([status], limit, null, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var counts = await db.Alerts.GroupBy(a => a.Status).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return new AlertSheet(page.Data, counts);
    }

    /// <summary>Notes that somebody has seen the alert: the same trouble keeps counting on it and opens no other. Twice changes nothing; what is over is refused.</summary>
    public async Task<Result<AlertView>> AcknowledgeAsync(string id, string actor, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await db.Alerts.FirstOrDefaultAsync(a => a.Id == id, cancellationToken) is not { } alert)
            {
                return Refusal.NotFound("alert", id);
            }

            if (alert.Status == AlertStatus.Resolved)
            {
                return new Refusal(RefusalKind.Conflict, "alert_resolved", $"{id} is resolved since {alert.ResolvedAt:u}: there is nothing to acknowledge.");
            }

            if (alert.Status == AlertStatus.Open)
            {
                (alert.Status, alert.AcknowledgedAt, alert.AcknowledgedBy) = (AlertStatus.Acknowledged, clock.GetUtcNow(), actor);
            }

            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return AlertView.Of(alert);
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // it happened again meanwhile
            }
        }
    }
}

/// <summary>Alerts of one status beside the numbers of all.</summary>
public sealed record AlertSheet(IReadOnlyList<AlertView> Alerts, IReadOnlyDictionary<AlertStatus, int> Counts);

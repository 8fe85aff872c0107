using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Webhooks;

/// <summary>Tells of migrations that have been held for as long as the alert settings say (an hour), and at once of a breach, or of the longest hold, that waits for a person. Once a hold, whichever node looks first.</summary>
public sealed class HoldWatch(IDbContextFactory<GateflowDb> databases, Transitions transitions, AlertPolicy policy, TimeProvider clock)
{
    private static readonly Refusal Told = new(RefusalKind.Conflict, "stale", "The hold is over, or was told.");

    /// <summary>One look.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var patience = TimeSpan.FromMinutes(policy.Current.HoldMinutes);
        var before = now - patience;
        List<string> due;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            due = await db.Migrations.AsNoTracking()
                .Where(m => m.HoldToldAt == null && m.HeldSince != null && (m.HeldSince <= before || Migration.UrgentHolds.Contains(m.HoldReason!)))
                .Where(m => m.Status == MigrationStatus.Scheduled || m.Status == MigrationStatus.InProgress || m.Status == MigrationStatus.Paused || m.Status == MigrationStatus.Soaking)
                .Select(m => m.Id).ToListAsync(cancellationToken);
        }

        foreach (var id in due)
        {
            await transitions.ApplyAsync(id, m => m.TellHold(now, Migration.UrgentHolds.Contains(m.HoldReason!) ? TimeSpan.Zero : patience) ? null : Told, cancellationToken);
        }
    }
}

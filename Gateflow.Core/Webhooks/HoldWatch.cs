using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Webhooks;

/// <summary>
/// Tells of migrations that have been held for as long as the alert settings say (an hour), and at once of a breach, or of the longest hold, that waits for a person; of a step that is ready and waits for its
/// hours only after <see cref="LongestPlanned"/>. Once a hold, whichever node looks first.
/// </summary>
public sealed class HoldWatch(IDbContextFactory<GateflowDb> databases, Transitions transitions, AlertPolicy policy, TimeProvider clock)
{
    /// <summary>Hours come once a week at least: a longer wait for them was not planned.</summary>
    public static readonly TimeSpan LongestPlanned = TimeSpan.FromDays(8);

    private static readonly Refusal Told = new(RefusalKind.Conflict, "stale", "The hold is over, or was told.");

    /// <summary>One look.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var patience = TimeSpan.FromMinutes(policy.Current.HoldMinutes);
        var (before, longBefore) = (now - patience, now - LongestPlanned);
        List<string> due;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            due = await db.Migrations.AsNoTracking()
                .Where(m => m.HoldToldAt == null && m.HeldSince != null && (m.HeldSince <= (m.HoldReason == Migration.PlannedHold ? longBefore : before) || Migration.UrgentHolds.Contains(m.HoldReason!)))
                .Where(m => m.Status == MigrationStatus.Scheduled || m.Status == MigrationStatus.InProgress || m.Status == MigrationStatus.Paused || m.Status == MigrationStatus.Soaking)
                .Select(m => m.Id).ToListAsync(cancellationToken);
        }

        foreach (var id in due)
        {
            await transitions.ApplyAsync(id, m => m.TellHold(now, Patience(m.HoldReason, patience)) ? null : Told, cancellationToken);
        }
    }

    private static TimeSpan Patience(string? reason, TimeSpan usual) =>
        reason == Migration.PlannedHold ? LongestPlanned : Migration.UrgentHolds.Contains(reason!) ? TimeSpan.Zero : usual;
}

using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Webhooks;

/// <summary>
/// Tells of migrations that have been held for as long as the alert settings say (an hour), and at once of a breach, or of the longest hold, that waits for a person; of a step that is ready and waits for its
/// hours only when that time has passed since they came, or none ever come. Once a hold, whichever node looks first.
/// </summary>
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
            var held = await db.Migrations.AsNoTracking()
                .Where(m => m.HoldToldAt == null && m.HeldSince != null && (m.HeldSince <= before || Migration.UrgentHolds.Contains(m.HoldReason!)))
                .Where(m => m.Status == MigrationStatus.Scheduled || m.Status == MigrationStatus.InProgress || (m.Status == MigrationStatus.Paused && m.HoldReason != Migration.PlannedHold) || m.Status == MigrationStatus.Soaking)
                .Select(m => new { m.Id, m.HoldReason, Since = m.HeldSince!.Value, m.Config }).ToListAsync(cancellationToken);
            due = [.. held.Where(m => now - m.Since >= Patience(m.HoldReason, m.Since, m.Config, patience)).Select(m => m.Id)];
        }

        foreach (var id in due)
        {
            await transitions.ApplyAsync(id, m => m.HeldSince is { } since && m.TellHold(now, Patience(m.HoldReason, since, m.Config, patience)) ? null : Told, cancellationToken);
        }
    }

    private static TimeSpan Patience(string? reason, DateTimeOffset since, MigrationConfig config, TimeSpan usual) =>
        Migration.UrgentHolds.Contains(reason!) ? TimeSpan.Zero
        : reason == Migration.PlannedHold && StepWindows.NextOpening(config, since) is { } opens ? opens - since + usual
        : usual;
}

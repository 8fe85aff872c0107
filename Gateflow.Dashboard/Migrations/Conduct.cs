using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Migrations;

/// <summary>The verbs on a migration: execute, pause, resume, advance, promote, approve, cancel, rollback. API and pages call the same methods; who says what was <see cref="Seen"/> is refused where it has moved since.</summary>
public sealed class Conduct(Transitions transitions, StartRules rules, RolloutController controller, Rollbacks rollbacks, TimeProvider clock)
{
    public Task<Result<Migration>> ExecuteAsync(string id, string actor, CancellationToken cancellationToken, Seen? seen = null) =>
        ApplyAsync(id, async (m, db, token) => m.MovedSince(seen) ?? await rules.RefusalAsync(m, db, token) ?? m.Execute(actor, clock.GetUtcNow()), cancellationToken);

    public Task<Result<Migration>> PauseAsync(string id, string actor, string? reason, CancellationToken cancellationToken) =>
        ApplyAsync(id, m => m.Pause(actor, clock.GetUtcNow(), reason), cancellationToken);

    public Task<Result<Migration>> ResumeAsync(string id, string actor, string? reason, CancellationToken cancellationToken, Seen? seen = null) =>
        ApplyAsync(id, async (m, db, token) => m.MovedSince(seen) ?? m.Resume(actor, clock.GetUtcNow(), reason, await PausedAtAsync(db, id, token)), cancellationToken);

    public Task<Result<Migration>> AdvanceAsync(string id, string actor, string? reason, CancellationToken cancellationToken, Seen? seen = null) =>
        ApplyAsync(id, m => m.MovedSince(seen) ?? m.Advance(actor, clock.GetUtcNow(), reason), cancellationToken);

    public Task<Result<Migration>> PromoteAsync(string id, string actor, string? reason, CancellationToken cancellationToken, Seen? seen = null) =>
        ApplyAsync(id, m => m.MovedSince(seen) ?? m.Promote(actor, clock.GetUtcNow(), reason), cancellationToken);

    public Task<Result<Migration>> ApproveAsync(string id, string actor, string? reason, CancellationToken cancellationToken, Seen? seen = null) =>
        ApplyAsync(id, m => m.MovedSince(seen) ?? m.Approve(actor, clock.GetUtcNow(), reason), cancellationToken);

    public Task<Result<Migration>> CancelAsync(string id, string actor, string? reason, CancellationToken cancellationToken, Seen? seen = null) =>
        ApplyAsync(id, m => m.MovedSince(seen) ?? m.Cancel(actor, clock.GetUtcNow(), reason), cancellationToken);

    /// <summary>All traffic back to the source, in force on this node before the answer.</summary>
    public Task<Result<Migration>> RollBackAsync(string id, string actor, string? reason) =>
        string.IsNullOrWhiteSpace(reason)
            ? Task.FromResult<Result<Migration>>(Refusal.Invalid("reason", "A reason is required: it is what the history shows."))
            : rollbacks.RunAsync(id, actor, reason.Trim());

    private Task<Result<Migration>> ApplyAsync(string id, Func<Migration, Refusal?> transition, CancellationToken cancellationToken) =>
        ApplyAsync(id, (migration, _, _) => Task.FromResult(transition(migration)), cancellationToken);

    private async Task<Result<Migration>> ApplyAsync(string id, Func<Migration, GateflowDb, CancellationToken, Task<Refusal?>> transition, CancellationToken cancellationToken)
    {
        var result = await transitions.ApplyAsync(id, transition, cancellationToken);
        controller.Wake();
        return result;
    }

    private static Task<DateTimeOffset?> PausedAtAsync(GateflowDb db, string id, CancellationToken cancellationToken) =>
        db.MigrationEvents.Where(e => e.MigrationId == id && e.Type == MigrationEventType.Paused).OrderByDescending(e => e.Id).Select(e => (DateTimeOffset?)e.At).FirstOrDefaultAsync(cancellationToken);
}

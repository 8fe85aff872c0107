using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Migrations;

/// <summary>The verbs on a migration: execute, pause, resume, advance, promote, approve, cancel, rollback. API and pages call the same methods; who says what was <see cref="Seen"/> is refused where it has moved since.</summary>
public sealed class Conduct(Transitions transitions, ModelDirectory models, RolloutController controller, Rollbacks rollbacks, TimeProvider clock)
{
    /// <summary>Requests from which on a model's own error rate counts.</summary>
    private const int FewestRequests = 100;

    public Task<Result<Migration>> ExecuteAsync(string id, string actor, CancellationToken cancellationToken, Seen? seen = null) =>
        ApplyAsync(id, async (m, db, token) => m.MovedSince(seen) ?? await RefusalAsync(m, db, token) ?? m.Execute(actor, clock.GetUtcNow()), cancellationToken);

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

    public Task<Result<Migration>> CancelAsync(string id, string actor, string? reason, CancellationToken cancellationToken) =>
        ApplyAsync(id, m => m.Cancel(actor, clock.GetUtcNow(), reason), cancellationToken);

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

    /// <summary>True when each provider that serves the model has a known price.</summary>
    private bool HasPrice(string model)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return models.Routes[model].Endpoints.All(e => e.Cost(models.Catalog, model, 1, 0, 0, 1, today) is not null);
    }

    /// <summary>Share of that part of a model's requests of the last 30 days that failed; null where there are too few to tell.</summary>
    private async Task<double?> ErrorRateAsync(GateflowDb db, string model, MigrationScope scope, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow().AddDays(-30);
        var used = await db.UsageRollups.Where(r => r.Model == model && r.Hour >= since).Within(scope).GroupBy(r => r.Model)
            .Select(g => new { Requests = g.Sum(r => r.Requests), Errors = g.Sum(r => r.Errors) }).FirstOrDefaultAsync(cancellationToken);
        return used is { Requests: >= FewestRequests } ? (double)used.Errors / used.Requests : null;
    }

    /// <summary>What requests for a model of the last 30 days used.</summary>
    private async Task<Capabilities> UsedAsync(GateflowDb db, string model, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow().AddDays(-30);
        var counts = new CapabilityCounts();
        foreach (var packed in await db.UsageRollups.Where(r => r.Model == model && r.Hour >= since).Select(r => r.CapabilityCounts).ToListAsync(cancellationToken))
        {
            counts.MergePacked(packed);
        }

        return counts.Used;
    }

    private static Task<DateTimeOffset?> PausedAtAsync(GateflowDb db, string id, CancellationToken cancellationToken) =>
        db.MigrationEvents.Where(e => e.MigrationId == id && e.Type == MigrationEventType.Paused).OrderByDescending(e => e.Id).Select(e => (DateTimeOffset?)e.At).FirstOrDefaultAsync(cancellationToken);

    /// <summary>What must hold before traffic moves; first the cheap things a person can mend.</summary>
    private async Task<Refusal?> RefusalAsync(Migration migration, GateflowDb db, CancellationToken cancellationToken)
    {
        if (migration.Status is not (MigrationStatus.Draft or MigrationStatus.Scheduled) || migration.TargetModel is not { } target)
        {
            return null; // the aggregate itself refuses these
        }

        foreach (var (param, model) in new[] { ("source_model", migration.SourceModel), ("target_model", target) })
        {
            if (!models.IsServed(model))
            {
                return Refusal.Invalid(param, $"No configured provider serves '{model}'. Add it under Gateflow:Providers, or choose another model.");
            }
        }

        if (VectorRule.Fault(migration, models, migration.Analysis is null ? await UsedAsync(db, migration.SourceModel, cancellationToken) : default) is { } mixed)
        {
            return mixed;
        }

        if (migration.Config.Mirror?.MaxCost is not null && migration.Steps().Any(s => s.Mirror is not null) && !HasPrice(target))
        {
            return Refusal.Invalid("mirror.max_cost", $"The price of '{target}' is unknown, so a budget cannot be kept. Set its prices, or leave mirror.max_cost out.");
        }

        if (migration.Config.RollbackThreshold.ErrorRate is { } limit && await ErrorRateAsync(db, migration.SourceModel, migration.Config.Scope, cancellationToken) is { } own && limit < 2 * own)
        {
            return Refusal.Invalid("rollback_threshold.error_rate",
                $"error_rate {limit:P1} is below twice the source's own rate of the last 30 days ({own:P2}): a target as good as the source would come under suspicion. Set at least {2 * own:P1}.");
        }

        return await Overlaps.FindAsync(db, migration, cancellationToken);
    }
}

using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Migrations;

/// <summary>What must hold before traffic moves, whoever starts it: a person, or the program at the hour of a schedule.</summary>
public sealed class StartRules(ModelDirectory models, TimeProvider clock)
{
    /// <summary>Requests from which on a model's own error rate counts.</summary>
    private const int FewestRequests = 100;

    /// <summary>Why it may not start now; null when it may. To be asked inside the transaction that starts it, as <see cref="Overlaps"/> is.</summary>
    public async Task<Refusal?> RefusalAsync(Migration migration, GateflowDb db, CancellationToken cancellationToken) =>
        await FaultAsync(migration, db, cancellationToken) ?? (IsAhead(migration) ? await Overlaps.FindAsync(db, migration, cancellationToken) : null);

    /// <summary>What a person has to mend before it may start, the cheap things first; null for nothing.</summary>
    public async Task<Refusal?> FaultAsync(Migration migration, GateflowDb db, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        ArgumentNullException.ThrowIfNull(db);
        if (!IsAhead(migration))
        {
            return null; // the aggregate itself refuses these
        }

        var target = migration.TargetModel!;
        foreach (var (param, model) in new[] { ("source_model", migration.SourceModel), ("target_model", target) })
        {
            if (!models.IsServed(model))
            {
                return Refusal.Invalid(param, $"No configured provider serves '{model}'. Add it under Gateflow:Providers, or choose another model.");
            }
        }

        if (await VectorFaultAsync(migration, db, cancellationToken) is { } mixed)
        {
            return mixed;
        }

        if (migration.Config.Mirror?.MaxCost is not null && migration.Steps().Any(s => s.Mirror is not null) && !HasPrice(target))
        {
            return Refusal.Invalid("mirror.max_cost", $"The price of '{target}' is unknown, so a budget cannot be kept. Set its prices, or leave mirror.max_cost out.");
        }

        return migration.Config.RollbackThreshold.ErrorRate is { } limit && await ErrorRateAsync(db, migration.SourceModel, migration.Config.Scope, cancellationToken) is { } own && limit < 2 * own
            ? Refusal.Invalid("rollback_threshold.error_rate",
                $"error_rate {limit:P1} is below twice the source's own rate of the last 30 days ({own:P2}, after retries): a target as good as the source would come under suspicion. {Advice(own)}")
            : null;
    }

    /// <summary>Why its steps would mix vectors, told by the catalog, the analysis or else the use of the last 30 days; null when they would not.</summary>
    public async Task<Refusal?> VectorFaultAsync(Migration migration, GateflowDb db, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        ArgumentNullException.ThrowIfNull(db);
        var used = migration.Analysis is null && migration.Steps().Any(s => s.Weight is > 0 and < 100) ? await UsedAsync(db, migration.SourceModel, cancellationToken) : default;
        return VectorRule.Fault(migration, models, used);
    }

    private static string Advice(double own) => Math.Ceiling(Math.Round(2000 * own, 6)) / 1000 is < 1 and var least
        ? $"Set at least {least:P1}."
        : "Leave error_rate out: the source fails too often to be a measure.";

    private static bool IsAhead(Migration migration) => migration is { Status: MigrationStatus.Draft or MigrationStatus.Scheduled, TargetModel: not null };

    /// <summary>True when each provider that serves the model has a known price.</summary>
    private bool HasPrice(string model)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return models.Routes[model].Endpoints.All(e => e.Cost(models.Catalog, model, 1, 0, 0, 1, today) is not null);
    }

    /// <summary>Share of that part of a model's requests of the last 30 days that failed, retries and all; null where there are too few to tell.</summary>
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
}

using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;
using Gateflow.Core.Plans;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Playground;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Plans;

/// <summary>Reads plans with who is concerned and how far each has come; a page of plans costs as many queries as one plan.</summary>
public sealed class PlanReader(IDbContextFactory<GateflowDb> databases, ModelDirectory models, TimeProvider clock)
{
    /// <summary>Newest first. The cursor is the id of the last plan of the page before.</summary>
    public async Task<ListPage<PlanView>> ListAsync(int limit, string? cursor, string? model, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.Plans.AsNoTracking()
            .Where(p => (cursor == null || p.Id.CompareTo(cursor) < 0) && (model == null || p.Model == model))
            .OrderByDescending(p => p.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<PlanView>(await ViewsAsync(db, [.. found.Take(limit)], cancellationToken), found.Count > limit ? found[limit - 1].Id : null);
    }

    /// <summary>Null when there is none.</summary>
    public async Task<PlanView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Plans.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is { } plan
            ? (await ViewsAsync(db, [plan], cancellationToken))[0]
            : null;
    }

    private async Task<IReadOnlyList<PlanView>> ViewsAsync(GateflowDb db, List<Plan> plans, CancellationToken cancellationToken)
    {
        if (plans.Count == 0)
        {
            return [];
        }

        var sources = plans.ConvertAll(p => p.Model);
        var now = clock.GetUtcNow();
        var from = now.AddDays(-30);
        var use = (await db.UsageRollups.AsNoTracking()
            .Where(r => sources.Contains(r.Model) && r.Hour >= from && r.Requests > 0 && r.KeyId != PlaygroundKey.Id)
            .GroupBy(r => new { r.Model, r.Feature, r.KeyId })
            .Select(g => new { g.Key, Requests = g.Sum(r => r.Requests), Cost = g.Sum(r => (double)r.Cost), Unpriced = g.Sum(r => r.UnpricedRequests) })
            .ToListAsync(cancellationToken)).ToLookup(u => u.Key.Model, StringComparer.Ordinal);
        var migrations = (await db.Migrations.AsNoTracking()
            .Where(m => sources.Contains(m.SourceModel) && m.Status != MigrationStatus.Cancelled).OrderByDescending(m => m.Id)
            .Select(m => new { m.SourceModel, m.Id, m.Status, m.TargetModel, m.Config }).ToListAsync(cancellationToken))
            .ToLookup(m => m.SourceModel, m => new PlanMigration(m.Id, m.Status, m.TargetModel, m.Config.Scope), StringComparer.Ordinal);
        List<string> ids = [.. use.SelectMany(g => g).Select(u => u.Key.KeyId).Concat(migrations.SelectMany(g => g).SelectMany(m => m.Scope.ApiKeys)).Distinct(StringComparer.Ordinal)];
        var names = await db.ApiKeys.AsNoTracking().Where(k => ids.Contains(k.Id)).ToDictionaryAsync(k => k.Id, k => k.Name, StringComparer.Ordinal, cancellationToken);
        var owners = await db.Features.AsNoTracking().Where(f => f.Owner != null).ToDictionaryAsync(f => f.Name, f => f.Owner!, StringComparer.Ordinal, cancellationToken);
        names.TryAdd(BootstrapKey.Id, "Administrator");
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return
        [
            .. plans.Select(p => View(
                p, [.. use[p.Model].Select(u => new PlanUse(u.Key.Feature, u.Key.KeyId, u.Requests, u.Unpriced > 0 && u.Cost == 0 ? null : Math.Round((decimal)u.Cost, 9)))],
                [.. migrations[p.Model]], names, owners, today)),
        ];
    }

    private PlanView View(Plan plan, IReadOnlyList<PlanUse> use, IReadOnlyList<PlanMigration> migrations, Dictionary<string, string> names, Dictionary<string, string> owners, DateOnly today)
    {
        var facts = models.Facts(plan.Model);
        var items = PlanItems.Build(plan.Model, use, migrations, names, owners);
        var state = PlanItems.StateOf(items);
        var deadline = Deadline(plan, facts, today);
        return new PlanView
        {
            Id = plan.Id,
            Model = plan.Model,
            Name = plan.Name,
            Owner = plan.Owner,
            Note = plan.Note,
            State = state,
            Deadline = deadline,
            RetiresOn = facts?.RetiresOn,
            ReplacementModel = facts is null ? null : models.Catalog.Successor(facts, today)?.Id,
            Progress = PlanProgress.Of(items),
            Milestones = deadline is null || state == PlanState.Done ? null : BackPlan.For(today, deadline.On),
            Items = items,
            Migrations = migrations,
            CreatedAt = plan.CreatedAt,
            CreatedBy = plan.CreatedBy,
            UpdatedAt = plan.UpdatedAt,
        };
    }

    private static PlanDeadline? Deadline(Plan plan, CatalogModel? facts, DateOnly today) => (plan.Deadline, facts?.RetiresOn) switch
    {
        ({ } own, var end) => new PlanDeadline(own, "own", false, own.DayNumber - today.DayNumber, own > end),
        (null, { } end) => new PlanDeadline(end, "catalog", facts!.RetiresOnIsEarliest, end.DayNumber - today.DayNumber, false),
        _ => null,
    };
}

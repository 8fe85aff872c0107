using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Models that are deprecated or retire, most urgent first.</summary>
public sealed class Deprecating(IDbContextFactory<GateflowDb> databases, ModelDirectory models, UsageQuery usage, TimeProvider clock)
{
    /// <summary>Those in use, with who uses them and what is done about it.</summary>
    public async Task<IReadOnlyList<DeprecationEntry>> ListAsync(int? withinDays, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var uses = (await usage.UsesAsync(now.AddDays(-30), now, cancellationToken)).ToLookup(u => u.Model, StringComparer.Ordinal);
        var entries = DeprecationList.Build(models.Catalog, uses.Select(Used), DateOnly.FromDateTime(now.UtcDateTime), withinDays);
        if (entries.Count == 0)
        {
            return entries;
        }

        var migrations = await MigrationsAsync([.. entries.Select(e => e.Model)], cancellationToken);
        return
        [
            .. entries.Select(e => e with
            {
                Features = Busiest(uses[e.Model].Where(u => u.Feature.Length > 0), u => u.Feature),
                Keys = Busiest(uses[e.Model], u => u.Key),
                Migration = migrations.GetValueOrDefault(e.Model),
                PlanId = uses[e.Model].First().PlanId,
            }),
        ];
    }

    /// <summary>Those that the catalog knows and nobody used in 30 days.</summary>
    public async Task<IReadOnlyList<DeprecationEntry>> UnusedAsync(int? withinDays, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var used = await usage.UsedModelsAsync(now.AddDays(-30), now, cancellationToken);
        return DeprecationList.Unused(models.Catalog, used.Select(u => u with { Facts = models.Facts(u.Model) }), DateOnly.FromDateTime(now.UtcDateTime), withinDays);
    }

    private UsedModel Used(IGrouping<string, UseOfModel> uses)
    {
        var cost = uses.Sum(u => u.Cost);
        return new UsedModel(uses.Key, Requests: uses.Sum(u => u.Requests), Cost: cost == 0 && uses.Any(u => u.Unpriced > 0) ? null : cost) { Facts = models.Facts(uses.Key) };
    }

    private static IReadOnlyList<string> Busiest(IEnumerable<UseOfModel> uses, Func<UseOfModel, string> name) =>
    [
        .. uses.GroupBy(name, StringComparer.Ordinal).Select(g => (g.Key, Requests: g.Sum(u => u.Requests)))
            .OrderByDescending(g => g.Requests).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key),
    ];

    private async Task<IReadOnlyDictionary<string, DeprecationMigration>> MigrationsAsync(IReadOnlyList<string> sources, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.Migrations.AsNoTracking().Where(m => sources.Contains(m.SourceModel) && m.Status != MigrationStatus.Cancelled)
            .Select(m => new { m.Id, m.SourceModel, m.TargetModel, m.Status, m.Config }).ToListAsync(cancellationToken);
        return found.GroupBy(m => m.SourceModel, StringComparer.Ordinal).ToDictionary(
            g => g.Key,
            g => g.OrderBy(m => DeprecationMigration.Rank(m.Status)).ThenByDescending(m => m.Id, StringComparer.Ordinal)
                .Select(m => new DeprecationMigration(m.Id, m.Status, m.TargetModel, m.Config.Scope.IsEverything)).First(),
            StringComparer.Ordinal);
    }
}

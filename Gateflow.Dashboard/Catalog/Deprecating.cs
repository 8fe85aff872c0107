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
        var from = now.AddDays(-30);
        var used = await usage.UsedModelsAsync(from, now, cancellationToken);
        var entries = DeprecationList.Build(models.Catalog, used, DateOnly.FromDateTime(now.UtcDateTime), withinDays);
        if (entries.Count == 0)
        {
            return entries;
        }

        var features = (await usage.FeaturesAsync(from, now, cancellationToken)).ToLookup(f => f.Model, f => f.Feature, StringComparer.Ordinal);
        var keys = (await usage.KeysOfModelsAsync(from, now, cancellationToken)).ToLookup(k => k.Model, k => k.Name, StringComparer.Ordinal);
        var plans = await PlansAsync(cancellationToken);
        var migrations = await MigrationsAsync([.. entries.Select(e => e.Model)], cancellationToken);
        return
        [
            .. entries.Select(e => e with
            {
                Features = [.. features[e.Model]], Keys = [.. keys[e.Model]], Migration = migrations.GetValueOrDefault(e.Model),
                PlanId = plans.GetValueOrDefault(e.Model),
            }),
        ];
    }

    /// <summary>Those that the catalog knows and nobody used in 30 days.</summary>
    public async Task<IReadOnlyList<DeprecationEntry>> UnusedAsync(int? withinDays, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var used = await usage.UsedModelsAsync(now.AddDays(-30), now, cancellationToken);
        return DeprecationList.Unused(models.Catalog, used, DateOnly.FromDateTime(now.UtcDateTime), withinDays);
    }

    private async Task<Dictionary<string, string>> PlansAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Plans.AsNoTracking().ToDictionaryAsync(p => p.Model, p => p.Id, StringComparer.Ordinal, cancellationToken);
    }

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

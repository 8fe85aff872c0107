using Gateflow.Core.Migrations;
using Gateflow.Core.Shadow;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Shadow;

/// <summary>Reads what became of copies: this node's as they stand, the other nodes' as they were stored.</summary>
public sealed class ShadowReader(ShadowLedger ledger, NodeName node, TimeProvider clock)
{
    /// <summary>By migration's id; those that mirror nothing and never did are left out.</summary>
    public async Task<IReadOnlyDictionary<string, ShadowView>> ReadAsync(GateflowDb db, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(migrations);
        var started = migrations.Where(m => m.StartedAt is not null && MayHaveMirrored(m)).ToList();
        if (started.Count == 0)
        {
            return new Dictionary<string, ShadowView>();
        }

        var ids = started.ConvertAll(m => m.Id);
        var rows = (await db.Shadow.AsNoTracking().Where(s => ids.Contains(s.MigrationId)).ToListAsync(cancellationToken)).ToLookup(s => s.MigrationId, StringComparer.Ordinal);
        var views = new Dictionary<string, ShadowView>(StringComparer.Ordinal);
        foreach (var migration in started)
        {
            var here = ledger.Find(migration.Id);
            var counts = rows[migration.Id].Where(r => here is null || r.Node != node.Value).Select(r => r.Counts).Aggregate(here?.Read() ?? new ShadowCounts(), ShadowCounts.Add);
            if (counts != new ShadowCounts() || migration.Steps().Any(s => s.Mirror is not null))
            {
                var most = migration.Config.Mirror?.MaxCost;
                views[migration.Id] = ShadowView.Of(migration, counts, counts.SkippedBudget > 0 || counts.Cost >= most || here?.IsSpent(most) == true, clock.GetUtcNow());
            }
        }

        return views;
    }

    /// <summary>False when nothing can have been copied, so that nothing need be read: a strategy stays after the start, and only own steps may be edited.</summary>
    private static bool MayHaveMirrored(Migration migration) =>
        migration.Config.EffectiveStrategy is Strategy.Shadow or Strategy.Steps || migration.Steps().Any(s => s.Mirror is not null);
}

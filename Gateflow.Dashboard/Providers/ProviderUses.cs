using Gateflow.Core;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Providers;

/// <summary>What would break without a provider: migrations and chains that need a model which only it serves.</summary>
internal static class ProviderUses
{
    private static readonly MigrationStatus[] Over = [MigrationStatus.Draft, MigrationStatus.RolledBack, MigrationStatus.Cancelled];

    /// <summary>Each use in a few words: "the migration gpt-4 → gpt-4o (mig_…, in_progress)".</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(GateflowDb db, ModelDirectory models, string provider, CancellationToken cancellationToken)
    {
        var own = models.Served.Where(s => s.Provider == provider).Select(s => s.Model).ToList();
        if (own.Count == 0)
        {
            return [];
        }

        var needed = own.Where(m => models.Routes[m].Endpoints.All(e => e.Provider.Name == provider))
            .Concat(own.Select(m => $"{provider}/{m}")).ToHashSet(StringComparer.Ordinal);
        var migrations = await db.Migrations.AsNoTracking()
            .Where(m => !Over.Contains(m.Status))
            .Select(m => new { m.Id, m.SourceModel, m.TargetModel, m.Status })
            .ToListAsync(cancellationToken);
        var chains = await db.FallbackChains.AsNoTracking().ToListAsync(cancellationToken);
        return
        [
            .. migrations
                .Where(m => needed.Contains(m.TargetModel ?? "") || (m.Status != MigrationStatus.Completed && needed.Contains(m.SourceModel)))
                .Select(m => $"the migration {m.SourceModel} → {m.TargetModel} ({m.Id}, {Wire.Name(m.Status)})"),
            .. chains
                .Where(c => c.Config.Enabled && Models(c).Any(needed.Contains))
                .Select(c => $"the fallback chain of {c.Primary} ({c.Id})"),
        ];
    }

    private static IEnumerable<string> Models(FallbackChain chain) => chain.Config.Fallbacks.Select(f => f.Model).Prepend(chain.Primary);
}

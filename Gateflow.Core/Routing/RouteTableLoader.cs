using System.Collections.Frozen;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Limits;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Core.Shadow;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Routing;

/// <summary>Builds the route table from configuration (providers, bootstrap key) and database (providers, keys, migrations, chains).</summary>
public sealed class RouteTableLoader(
    IDbContextFactory<GateflowDb> databases, ModelDirectory models, StoredProviders providers, BootstrapKeys bootstrap, TimeProvider? clock = null, StandInKey? standIn = null)
{
    private readonly StoredCatalog _catalog = new(models.BuiltIn, clock ?? TimeProvider.System);

    /// <summary>Asked twice a second, so its plan is made once. Not static: a plan belongs to the model of one database product.</summary>
    private readonly Func<GateflowDb, CancellationToken, Task<long>> _version = EF.CompileAsyncQuery((GateflowDb db, CancellationToken _) => db.Routing.Select(r => r.Version).Single());

    /// <summary>True when a stored price may begin to hold today, which no change of a version tells.</summary>
    public bool IsStale => _catalog.IsStale;

    public async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await _version(db, cancellationToken);
    }

    /// <summary>Reads version first: data that changes meanwhile belongs to a later version, which the next look will find.</summary>
    public async Task<RouteTable> LoadAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var version = await db.Routing.Select(r => r.Version).SingleAsync(cancellationToken);
        var keys = await db.ApiKeys.AsNoTracking().ToListAsync(cancellationToken);
        var migrations = await db.Migrations.AsNoTracking()
            .Where(m => m.Status == MigrationStatus.InProgress || m.Status == MigrationStatus.Paused
                || m.Status == MigrationStatus.Soaking || m.Status == MigrationStatus.Completed)
            .Where(m => m.TargetModel != null)
            .Select(m => new { m.Id, m.SourceModel, m.TargetModel, m.Weight, m.Status, m.Step, m.Config, m.StartedAt })
            .ToListAsync(cancellationToken);
        var chains = await db.FallbackChains.AsNoTracking().ToListAsync(cancellationToken);
        var autoFallback = await db.SettingAsync(AutoFallback.SettingName, cancellationToken);
        var aliases = await db.ModelAliases.AsNoTracking().Select(a => new { a.Alias, a.Model }).ToListAsync(cancellationToken);
        models.Store(await providers.ReadAsync(db, cancellationToken), await _catalog.ReadAsync(db, cancellationToken));
        return new RouteTable
        {
            Version = version,
            Models = models.Routes,
            Aliases = aliases.ToFrozenDictionary(a => a.Alias, a => a.Model, StringComparer.Ordinal),
            AutoFallback = autoFallback == "true",
            Fallbacks = chains.Where(c => c.Config.Enabled).ToFrozenDictionary(c => c.Primary, FallbackRoute.Of, StringComparer.Ordinal),
            Keys = keys.Select(Entry).Concat(bootstrap.Keys.Select(k => k.Entry)).Concat(StandIns(keys)).ToFrozenDictionary(e => e.Hash, e => e.Key),
            Migrations = migrations
                .OrderByDescending(m => m.Status == MigrationStatus.Completed // what has moved stays moved while another moves the rest
                    && !migrations.Any(r => r.Status != MigrationStatus.Completed && r.SourceModel == m.SourceModel && Overlaps.Covers(m.Config.Scope, r.Config.Scope))) // started by an earlier version
                .ThenByDescending(m => !m.Config.Scope.IsEverything)
                .ThenByDescending(m => m.StartedAt)
                .GroupBy(m => m.SourceModel, StringComparer.Ordinal)
                .ToFrozenDictionary(g => g.Key, g => g.Select(m => new MigrationRoute
                {
                    MigrationId = m.Id,
                    SourceModel = m.SourceModel,
                    TargetModel = m.TargetModel!,
                    Weight = m.Status == MigrationStatus.Completed ? 10_000 : (int)Math.Round(m.Weight * 100),
                    Completed = m.Status == MigrationStatus.Completed,
                    StickyBy = m.Config.StickyBy,
                    Shims = m.Config.Shims,
                    Mirror = m.Status == MigrationStatus.InProgress ? MirrorRoute.Of(m.Config, m.Step) : null,
                    Drain = m.Config.Drain,
                    Scope = m.Config.Scope,
                }).ToArray(), StringComparer.Ordinal),
        };
    }

    private IEnumerable<(KeyHash Hash, KeyEntry Key)> StandIns(List<ApiKey> keys) => standIn is null
        ? []
        : keys.Where(k => k.Id == standIn.KeyId).Select(k => (KeyHash.Of(standIn.Secret), Entry(k).Key with { Direct = true }));

    private static (KeyHash Hash, KeyEntry Key) Entry(ApiKey key) => (KeyHash.Parse(key.Hash), new KeyEntry
    {
        Id = key.Id,
        Name = key.Name,
        Role = key.Role,
        Feature = key.Feature,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        AllowedModels = key.AllowedModels.Count == 0 ? null : key.AllowedModels,
        Limits = key.RateLimits.IsNone ? null : key.RateLimits,
        AllowedAddresses = key.AllowedIps.Count == 0 ? null : AddressRanges.Of(key.AllowedIps),
        Demo = key.Demo,
    });
}

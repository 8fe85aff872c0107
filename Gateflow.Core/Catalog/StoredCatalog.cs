using Gateflow.Core.Compatibility;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Catalog;

/// <summary>
/// Reads the stored facts and rules for the route table. The catalog stays the same instance as long as neither they nor, where prices have dates, the
/// day changed. Not for two callers at once.
/// </summary>
internal sealed class StoredCatalog(ModelCatalog builtIn, TimeProvider clock)
{
    private string? _version;
    private DateOnly _day;
    private ModelCatalog? _catalog;

    /// <summary>True when a price may begin to hold today that did not yet when the catalog was read.</summary>
    public bool IsStale => _catalog is not null && _day != Today && _catalog.All.Any(m => m.Prices.Any(p => p.From > _day && p.From <= Today));

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    public async Task<ModelCatalog> ReadAsync(GateflowDb db, CancellationToken cancellationToken)
    {
        var version = await db.SettingAsync(CatalogVersion.SettingName, cancellationToken);
        var today = Today;
        if (_catalog is null || version != _version || IsStale)
        {
            var facts = await db.CatalogFacts.AsNoTracking().OrderBy(f => f.Id).ToListAsync(cancellationToken);
            var rules = await db.CatalogRules.AsNoTracking().OrderByDescending(r => r.Id).ToListAsync(cancellationToken);
            _catalog = EffectiveCatalog.Of(builtIn, facts, [.. rules.Select(r => r.Rule()).OfType<ParameterRule>()], today);
            (_version, _day) = (version, today);
        }

        return _catalog;
    }
}

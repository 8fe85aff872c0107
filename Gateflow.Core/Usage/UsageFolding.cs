using Gateflow.Core.Catalog;

namespace Gateflow.Core.Usage;

/// <summary>Folds requests into what they add to rollups and arm windows. One for a batch; no clock, no database.</summary>
public sealed class UsageFolding(ModelCatalog catalog)
{
    private readonly Dictionary<RollupKey, RollupTally> _rollups = [];
    private readonly Dictionary<WindowKey, WindowTally> _windows = [];

    public IReadOnlyDictionary<RollupKey, RollupTally> Rollups => _rollups;

    public IReadOnlyDictionary<WindowKey, WindowTally> Windows => _windows;

    /// <summary>What a request cost by the prices of the model that served it, USD; null when a price is unknown or no model answered.</summary>
    public static decimal? Cost(ModelCatalog catalog, RequestRecord record) => record.ServedModel is { } model
        ? catalog.Cost(model, record.InputTokens, record.CachedTokens, record.OutputTokens, DateOnly.FromDateTime(record.At.UtcDateTime))
        : null;

    public void Add(RequestRecord record)
    {
        var cost = Cost(catalog, record);
        Tally(_rollups, RollupKey.Of(record)).Add(record, cost);
        if (WindowKey.Of(record) is { } window)
        {
            Tally(_windows, window).Add(record, cost);
        }
    }

    private static TTally Tally<TKey, TTally>(Dictionary<TKey, TTally> tallies, TKey key)
        where TKey : notnull
        where TTally : new()
    {
        if (!tallies.TryGetValue(key, out var tally))
        {
            tallies[key] = tally = new TTally();
        }

        return tally;
    }
}

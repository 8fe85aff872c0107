using Gateflow.Core.Catalog;

namespace Gateflow.Core.Usage;

/// <summary>Folds requests into what they add to rollups and arm windows. One for a batch; no clock, no database. Not thread-safe.</summary>
public sealed class UsageFolding
{
    private readonly Dictionary<RollupKey, RollupTally> _rollups = [];
    private readonly Dictionary<DayKey, RollupTally> _users = [];
    private readonly Dictionary<WindowKey, WindowTally> _windows = [];

    public IReadOnlyDictionary<RollupKey, RollupTally> Rollups => _rollups;

    /// <summary>The same requests by user and day, of those that name one.</summary>
    public IReadOnlyDictionary<DayKey, RollupTally> Users => _users;

    public IReadOnlyDictionary<WindowKey, WindowTally> Windows => _windows;

    /// <summary>What a request cost by the prices of the model that served it, USD; null when a price is unknown or no model answered.</summary>
    public static decimal? Cost(ModelCatalog catalog, RequestRecord record) => record.ServedModel is { } model
        ? catalog.Cost(model, record.InputTokens, record.CachedTokens, record.OutputTokens, DateOnly.FromDateTime(record.At.UtcDateTime))
        : null;

    /// <param name="record">A request.</param>
    /// <param name="cost">What it cost, <see cref="Cost"/>.</param>
    /// <param name="countsUser">False for requests whose users are nobody, as the demo's.</param>
    public void Add(RequestRecord record, decimal? cost, bool countsUser = true)
    {
        var key = RollupKey.Of(record);
        Tally(_rollups, key).Add(record, cost);
        if (countsUser && record.User is { Length: > 0 } user)
        {
            Tally(_users, DayKey.OfUser(key, user)).Add(record, cost);
        }

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

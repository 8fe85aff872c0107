namespace Gateflow.Core.Usage;

/// <summary>Folds requests into what they add to rollups and arm windows. One for a batch; no clock, no database. Not thread-safe.</summary>
public sealed class UsageFolding
{
    /// <summary>
    /// Most users and days that are told apart; those of further ones count as <see cref="UsageDay.Others"/>. Each costs some KB until the batch is stored, and of a
    /// model's users a day names no more than <see cref="UsageDay.MaxUsers"/> anyway.
    /// </summary>
    public const int MaxUsers = 1_000;

    /// <summary>Most features that are told apart; requests of further ones count as <see cref="UsageDay.Others"/>: a header names them, and nobody knows what it will be.</summary>
    public const int MaxFeatures = 1_000;

    private readonly Dictionary<RollupKey, RollupTally> _rollups = [];
    private readonly Dictionary<DayKey, RollupTally> _users = [];
    private readonly Dictionary<WindowKey, WindowTally> _windows = [];
    private readonly HashSet<string> _features = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<RollupKey, RollupTally> Rollups => _rollups;

    /// <summary>The same requests by user and day, of those that name one.</summary>
    public IReadOnlyDictionary<DayKey, RollupTally> Users => _users;

    public IReadOnlyDictionary<WindowKey, WindowTally> Windows => _windows;

    /// <param name="record">A request with its price.</param>
    /// <param name="countsUser">False for requests whose users are nobody, as the demo's.</param>
    public void Add(RequestRecord record, bool countsUser = true)
    {
        var key = Bounded(RollupKey.Of(record));
        Tally(_rollups, key).Add(record);
        if (countsUser && record.User is { Length: > 0 } user)
        {
            var day = DayKey.OfUser(key, user);
            Tally(_users, _users.Count < MaxUsers || _users.ContainsKey(day) ? day : day with { User = UsageDay.Others }).Add(record);
        }

        if (WindowKey.Of(record) is { } window)
        {
            Tally(_windows, window).Add(record);
        }
    }

    private RollupKey Bounded(RollupKey key)
    {
        if (key.Feature.Length == 0 || _features.Contains(key.Feature))
        {
            return key;
        }

        return _features.Count < MaxFeatures && _features.Add(key.Feature) ? key : key with { Feature = UsageDay.Others };
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

namespace Gateflow.Core.Usage;

/// <summary>Folds the rollups of one model into what an analysis tells. Each row is read into its series alone; features and keys are sums of series.</summary>
internal sealed class UsageTotals
{
    private readonly Dictionary<(string Feature, string Key), UsageSum> _series = [];
    private readonly Dictionary<string, UsageSum> _users = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, UsageSum> Users => _users;

    public IEnumerable<string> Keys => _series.Keys.Select(s => s.Key).Distinct(StringComparer.Ordinal);

    public void Add(UsageRollup row) => Of(_series, (row.Feature, row.KeyId)).Add(row);

    public void Add(UsageDay row)
    {
        if (row.User.Length > 0)
        {
            Of(_users, row.User).Add(row);
            return;
        }

        Of(_series, (row.Feature, row.KeyId)).Add(row);
    }

    public UsageSum All() => Sum(_series.Values);

    public IEnumerable<(string Name, UsageSum Sum)> ByFeature() => By(s => s.Feature);

    public IEnumerable<(string Name, UsageSum Sum)> ByKey() => By(s => s.Key);

    private IEnumerable<(string Name, UsageSum Sum)> By(Func<(string Feature, string Key), string> name) =>
        _series.GroupBy(s => name(s.Key), s => s.Value, StringComparer.Ordinal).Select(g => (g.Key, Sum(g)));

    private static UsageSum Sum(IEnumerable<UsageSum> sums)
    {
        var all = new UsageSum();
        foreach (var sum in sums)
        {
            all.Merge(sum);
        }

        return all;
    }

    private static UsageSum Of<TKey>(Dictionary<TKey, UsageSum> sums, TKey key)
        where TKey : notnull
    {
        if (!sums.TryGetValue(key, out var sum))
        {
            sums[key] = sum = new UsageSum();
        }

        return sum;
    }
}

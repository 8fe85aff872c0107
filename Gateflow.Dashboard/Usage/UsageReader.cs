using Gateflow.Core.Usage;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Usage;

/// <summary>Usage and cost of a period as the page shows them.</summary>
public sealed record UsageView
{
    public required UsageFilter Filter { get; init; }

    public required UsageSlice Slice { get; init; }

    /// <summary>The dearest first.</summary>
    public required IReadOnlyList<UsageShare> Shares { get; init; }

    public required UsageShare Total { get; init; }

    /// <summary>The same length of time before; null where the gateway was not in use from its beginning, so that nothing can be compared.</summary>
    public UsageShare? Before { get; init; }

    public required IReadOnlyList<UsagePoint> Points { get; init; }

    /// <summary>Names of keys by id.</summary>
    public required IReadOnlyDictionary<string, string> KeyNames { get; init; }

    /// <summary>What a group is called: keys by their names, with the id where two have the same.</summary>
    public string Label(UsageDimension by, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return by switch
        {
            UsageDimension.Key => KeyNames.TryGetValue(name, out var given) ? KeyNames.Values.Count(n => n == given) > 1 ? $"{given} ({name})" : given : name,
            UsageDimension.Feature when name.Length == 0 => "no feature named",
            UsageDimension.Model when name.Length == 0 => "unknown model",
            _ => name,
        };
    }

    /// <summary>Relative change against the time before; null where there is nothing to compare, or a part is unknown.</summary>
    public double? CostChange => Before is not { PricedCost: > 0, UnpricedRequests: 0 } || Total.UnpricedRequests > 0 ? null : (double)(Total.PricedCost / Before.PricedCost) - 1;

    public double? RequestsChange => Before is null ? null : ((double)Total.Requests / Before.Requests) - 1;
}

/// <summary>Reads the page of usage: four questions to the database whatever the period.</summary>
public sealed class UsageReader(CostQuery costs, TimeProvider clock)
{
    public async Task<UsageView> ReadAsync(UsageFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var slice = filter.Slice(clock.GetUtcNow());
        var shares = await costs.SharesAsync(slice, filter.By, cancellationToken);
        var earlier = slice with { From = slice.From - (slice.To - slice.From), To = slice.From };
        var before = await costs.SeriesAsync(earlier, null, filter.Bucket, cancellationToken);
        List<string> keys = filter.By == UsageDimension.Key ? [.. shares.Select(s => s.Name)] : [];
        if (filter.Key is not null)
        {
            keys.Add(filter.Key);
        }

        return new UsageView
        {
            Filter = filter,
            Slice = slice,
            Shares = shares,
            Total = UsageShare.Sum(shares),
            Before = before.Count == 0 || before[0].At > earlier.From ? null : new UsageShare
            {
                Name = "", Requests = before.Sum(p => p.Requests), PricedCost = before.Sum(p => p.Cost ?? 0), UnpricedRequests = before.Sum(p => p.UnpricedRequests),
            },
            Points = await costs.SeriesAsync(slice, filter.By, filter.Bucket, cancellationToken),
            KeyNames = keys.Count == 0 ? new Dictionary<string, string>() : await costs.KeyNamesAsync(keys, cancellationToken),
        };
    }
}

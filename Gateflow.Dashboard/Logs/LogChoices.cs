using Gateflow.Core.Usage;
using Gateflow.Dashboard.Features;

namespace Gateflow.Dashboard.Logs;

/// <summary>What the filters of the page offer: what was used in the last 30 days, and every feature that is described.</summary>
public sealed record LogChoices(IReadOnlyList<string> Models, IReadOnlyList<string> Features, IReadOnlyList<KeyValuePair<string, string>> Keys)
{
    public static readonly LogChoices None = new([], [], []);

    private const int Most = 200;

    public static async Task<LogChoices> ReadAsync(CostQuery costs, FeatureBook described, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(described);
        var month = new UsageSlice(now.AddDays(-30), now);
        var models = await costs.SharesAsync(month, UsageDimension.Model, cancellationToken);
        var features = await described.NamesAsync(cancellationToken);
        var keys = await costs.SharesAsync(month, UsageDimension.Key, cancellationToken);
        var busiest = keys.OrderByDescending(k => k.Requests).Take(Most).Select(k => k.Name).ToList();
        var names = await costs.KeyNamesAsync(busiest, cancellationToken);
        return new LogChoices(
            [.. models.Take(Most).Select(m => m.Name).Order(StringComparer.Ordinal)],
            [.. features.Take(Most)],
            [.. busiest.Select(id => KeyValuePair.Create(id, names.GetValueOrDefault(id, id))).OrderBy(k => k.Value, StringComparer.OrdinalIgnoreCase)]);
    }
}

namespace Gateflow.Core.Usage;

/// <summary>Folds the rollups of one model into what an analysis tells.</summary>
internal sealed class UsageTotals
{
    public UsageSum All { get; } = new();

    public Dictionary<string, UsageSum> Features { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, UsageSum> Keys { get; } = new(StringComparer.Ordinal);

    public CapabilityCounts Capabilities { get; } = new();

    public ContextHistogram Contexts { get; } = new();

    public LatencyHistogram Latencies { get; } = new();

    public long[] HourOfWeek { get; } = new long[168];

    public void Add(RollupFigures row)
    {
        var before = Contexts.Count;
        Capabilities.MergePacked(row.CapabilityCounts);
        Contexts.MergePacked(row.ContextHistogram);
        Latencies.MergePacked(row.LatencyHistogram);
        var answered = Contexts.Count - before;
        All.Add(row, answered);
        Of(Features, row.Feature).Add(row, answered);
        Of(Keys, row.KeyId).Add(row, answered);
        HourOfWeek[((((int)row.Hour.DayOfWeek + 6) % 7) * 24) + row.Hour.Hour] += row.Requests;
    }

    private static UsageSum Of(Dictionary<string, UsageSum> sums, string key)
    {
        if (!sums.TryGetValue(key, out var sum))
        {
            sums[key] = sum = new UsageSum();
        }

        return sum;
    }
}

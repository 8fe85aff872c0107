namespace Gateflow.Core.Replay;

/// <summary>How the target differs in time and money, pair by pair, each with a 95 % interval. Null where one side's figure is unknown in every pair.</summary>
public sealed record ReplayDifferences
{
    /// <summary>Mean of target minus source, ms.</summary>
    public double? LatencyMs { get; init; }

    public Interval? LatencyMsInterval { get; init; }

    /// <summary>Target's mean over source's mean.</summary>
    public double? LatencyRatio { get; init; }

    public Interval? LatencyRatioInterval { get; init; }

    /// <summary>Mean of target minus source, USD a request.</summary>
    public double? Cost { get; init; }

    public Interval? CostInterval { get; init; }

    /// <summary>Target's mean over source's mean; null when the source cost nothing.</summary>
    public double? CostRatio { get; init; }

    public Interval? CostRatioInterval { get; init; }

    internal static ReplayDifferences? Of(List<AnswerPair> tested, int seed)
    {
        if (tested.Count == 0)
        {
            return null;
        }

        var (latency, latencyRatio) = Pair([.. tested.Select(p => (p.Source.LatencyMs, p.Target.LatencyMs))], seed, 2);
        var (cost, costRatio) = Pair([.. tested.Where(p => p.Source.Cost is not null && p.Target.Cost is not null).Select(p => ((double)p.Source.Cost!, (double)p.Target.Cost!))], seed, 9);
        return new ReplayDifferences
        {
            LatencyMs = latency.Value,
            LatencyMsInterval = latency.Interval,
            LatencyRatio = latencyRatio.Value,
            LatencyRatioInterval = latencyRatio.Interval,
            Cost = cost.Value,
            CostInterval = cost.Interval,
            CostRatio = costRatio.Value,
            CostRatioInterval = costRatio.Interval,
        };
    }

    /// <param name="digits">Of the difference.</param>
    private static ((double? Value, Interval? Interval) Difference, (double? Value, Interval? Interval) Ratio) Pair(
        List<(double Source, double Target)> values, int seed, int digits)
    {
        if (values.Count == 0)
        {
            return default;
        }

        var bootstrap = new Bootstrap(values.Count, new Random(seed));
        var difference = values.ConvertAll(v => v.Target - v.Source);
        var (source, target) = (values.ConvertAll(v => v.Source), values.ConvertAll(v => v.Target));
        var interval = bootstrap.OfMean(difference);
        return (
            (Math.Round(difference.Average(), digits), new Interval(Math.Round(interval.Low, digits), Math.Round(interval.High, digits))),
            source.Sum() > 0 ? (QualityFigures.Round(target.Sum() / source.Sum()), QualityFigures.Round(bootstrap.OfRatio(target, source))) : default);
    }
}

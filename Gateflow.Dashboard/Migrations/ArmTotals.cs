using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Migrations;

/// <summary>Sums of arm windows: the arithmetic behind metrics and charts.</summary>
internal static class ArmTotals
{
    /// <summary>Percentage of requests that were assigned to the target; null without a request.</summary>
    public static double? Share(IReadOnlyCollection<ArmWindow> windows)
    {
        var target = windows.Where(w => w.Arm == Arm.Target).Sum(w => w.Requests);
        var all = windows.Sum(w => w.Requests);
        return all == 0 ? null : 100.0 * target / all;
    }

    /// <summary>The numbers of both arms.</summary>
    /// <param name="feedback">What users said, summed by arm; none for a single window.</param>
    public static MetricsView Metrics(IReadOnlyCollection<ArmWindow> windows, IReadOnlyList<FeedbackSum>? feedback = null)
    {
        var source = windows.Where(w => w.Arm == Arm.Source).ToList();
        var target = windows.Where(w => w.Arm == Arm.Target).ToList();
        var (sourceLatency, targetLatency) = (Latency(source), Latency(target));
        return new MetricsView
        {
            SourceErrorRate = ErrorRate(source),
            TargetErrorRate = ErrorRate(target),
            SourceLatencyP50 = sourceLatency.Quantile(0.5),
            TargetLatencyP50 = targetLatency.Quantile(0.5),
            SourceLatencyP99 = sourceLatency.Quantile(0.99),
            TargetLatencyP99 = targetLatency.Quantile(0.99),
            SourceRequests = source.Sum(w => w.Requests),
            TargetRequests = target.Sum(w => w.Requests),
            Fallbacks = target.Sum(w => w.Fallbacks),
            OutageBoth = windows.Sum(w => w.OutageBoth),
            ClientFaults = windows.Sum(w => w.ClientFaults),
            SourceQuality = Quality(source),
            TargetQuality = Quality(target),
            Quality = QualityView.Of(source, target, feedback ?? []),
            Outcomes = OutcomeView.Of(source, target),
            SourceCost = Cost(source),
            TargetCost = Cost(target),
        };
    }

    public static ArmPoint Point(DateTimeOffset at, IReadOnlyCollection<ArmWindow> windows)
    {
        var metrics = Metrics(windows);
        var (sourceLatency, targetLatency) = (Latency(windows.Where(w => w.Arm == Arm.Source)), Latency(windows.Where(w => w.Arm == Arm.Target)));
        return new ArmPoint
        {
            At = at,
            Weight = windows.Max(w => w.Weight),
            Observed = Share(windows),
            SourceRequests = metrics.SourceRequests,
            TargetRequests = metrics.TargetRequests,
            Outcomes = metrics.Outcomes.Where(o => o.Outcome != OutcomeKind.Success).ToDictionary(o => o.Outcome, o => o.Source + o.Target),
            SourceErrorRate = metrics.SourceErrorRate,
            TargetErrorRate = metrics.TargetErrorRate,
            SourceP50 = metrics.SourceLatencyP50,
            TargetP50 = metrics.TargetLatencyP50,
            SourceP95 = sourceLatency.Quantile(0.95),
            TargetP95 = targetLatency.Quantile(0.95),
            SourceP99 = metrics.SourceLatencyP99,
            TargetP99 = metrics.TargetLatencyP99,
            SourceQuality = metrics.SourceQuality,
            TargetQuality = metrics.TargetQuality,
            SourceCost = metrics.SourceCost,
            TargetCost = metrics.TargetCost,
        };
    }

    /// <summary>Failures over failures and successes: what callers and providers are to blame for is in neither.</summary>
    private static double? ErrorRate(List<ArmWindow> windows)
    {
        var counted = windows.Sum(w => w.Successes + w.Failures);
        return counted == 0 ? null : (double)windows.Sum(w => w.Failures) / counted;
    }

    private static double? Quality(List<ArmWindow> windows)
    {
        var count = windows.Sum(w => w.QualityCount);
        return count == 0 ? null : windows.Sum(w => w.QualitySum) / count;
    }

    private static decimal? Cost(List<ArmWindow> windows) =>
        windows.Count == 0 || windows.Sum(w => w.UnpricedRequests) > 0 ? null : windows.Sum(w => w.Cost);

    private static LatencyHistogram Latency(IEnumerable<ArmWindow> windows)
    {
        var sum = new LatencyHistogram();
        foreach (var window in windows)
        {
            sum.MergePacked(window.LatencyHistogram);
        }

        return sum;
    }
}

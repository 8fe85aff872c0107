using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>The last 90 days of rollbacks in four numbers. What has no value is null.</summary>
/// <param name="Count">Rollbacks.</param>
/// <param name="AutomaticShare">Share 0–1 that a guardrail did.</param>
/// <param name="MedianDetectionSeconds">From the first failure to the verdict, of the automatic ones.</param>
/// <param name="MedianEffectMs">From verdict or click until no new request went to the target.</param>
public sealed record RollbackSummary(int Count, double? AutomaticShare, double? MedianDetectionSeconds, double? MedianEffectMs)
{
    public const int Days = 90;

    public static RollbackSummary Of(IEnumerable<RollbackView> rollbacks, DateTimeOffset now)
    {
        var recent = rollbacks.Where(r => r.At > now.AddDays(-Days)).ToList();
        return new RollbackSummary(
            recent.Count,
            recent.Count == 0 ? null : (double)recent.Count(r => r.Automatic) / recent.Count,
            Median(recent.Select(r => r.DetectionSeconds)),
            Median(recent.Select(r => r.EffectMs)));
    }

    private static double? Median(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

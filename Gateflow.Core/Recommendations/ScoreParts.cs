using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Recommendations;

/// <summary>The parts of a score, each a pure function to 0–1.</summary>
internal static class ScoreParts
{
    /// <summary>1 less what each warning costs, weighted by the share of requests that it concerns. Fails never get here.</summary>
    public static double CapabilityFit(CompatibilityReport report, UsageAnalysis usage)
    {
        var lost = 0.0;
        foreach (var check in report.Checks.Where(x => x.Status == CheckStatus.Warn && CapabilityNames.TryParse(x.Feature, out _)))
        {
            var share = check.RequestsAffected is { } requests && usage.TotalRequests > 0 ? Math.Min(1, (double)requests / usage.TotalRequests) : 1;
            lost += share * (check.IsUnknown ? ScoreWeights.LostByUnknown : check.Shim is null ? ScoreWeights.LostByChange : ScoreWeights.LostByShim);
        }

        return Math.Max(0, 1 - lost);
    }

    /// <summary>0 when the largest request just fits, 1 from four times its size, by the logarithm between.</summary>
    public static double? ContextHeadroom(long? limit, double needed) => limit is not { } tokens
        ? null
        : needed <= 0 ? 1 : Math.Clamp(Math.Log(tokens / needed) / Math.Log(ScoreWeights.AmpleContext), 0, 1);

    /// <summary>1 for free, one half for the same cost, 0 for twice the cost and more.</summary>
    public static double? Cost(double? change) => change is { } fraction ? Math.Clamp((1 - fraction) / 2, 0, 1) : null;

    /// <summary>As <see cref="Cost"/>, with the ratio of median latencies.</summary>
    public static double? Speed(double? sourceMs, double? targetMs) =>
        sourceMs is > 0 && targetMs is { } target ? Math.Clamp((2 - (target / sourceMs.Value)) / 2, 0, 1) : null;

    /// <summary>0 at the least days that a target must be served, 1 from a year or without an announced end.</summary>
    public static double Runway(CatalogModel target, DateOnly today, int leastDays) => target.DaysRemaining(today) switch
    {
        { } days => Math.Clamp((days - leastDays) / (ScoreWeights.AmpleRunwayDays - leastDays), 0, 1),
        null => target.StatusOn(today) == LifecycleStatus.Deprecated ? ScoreWeights.RunwayWithoutDate : 1,
    };

    public static double ProviderSuccessor(CatalogModel source, CatalogModel target, bool named) =>
        named ? 1 : source.Provider == target.Provider ? ScoreWeights.SameProvider : 0;

    /// <summary>The weighted sum, 0–100, rounded.</summary>
    public static int Score(ScoreBreakdown parts)
    {
        var sum = (ScoreWeights.CapabilityFit * parts.CapabilityFit)
            + (ScoreWeights.ContextHeadroom * (parts.ContextHeadroom ?? ScoreWeights.Unknown))
            + (ScoreWeights.Cost * (parts.Cost ?? ScoreWeights.Unknown))
            + (ScoreWeights.Speed * (parts.Speed ?? ScoreWeights.Unknown))
            + (ScoreWeights.Runway * parts.Runway)
            + (ScoreWeights.ProviderSuccessor * parts.ProviderSuccessor)
            + (ScoreWeights.QualityEvidence * (parts.QualityEvidence ?? ScoreWeights.Unknown));
        return (int)Math.Round(sum, MidpointRounding.AwayFromZero);
    }
}

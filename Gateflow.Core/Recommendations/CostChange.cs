using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Recommendations;

/// <summary>What another model would cost for the tokens really used, as a fraction of what they cost now.</summary>
public static class CostChange
{
    /// <summary>
    /// (target − source) / source at list prices, base tier, with the target's tokens estimated by the factor between the tokenizers and the same share
    /// of cached input. Where the catalog does not price the source, the cost that was recorded stands in, if it is that of all requests. Null when a price is unknown or nothing was used.
    /// </summary>
    public static double? Estimate(CatalogModel source, CatalogModel target, UsageAnalysis usage)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(usage);
        var input = usage.InputTokens > 0 ? usage.InputTokens : usage.AvgInputTokens * usage.TotalRequests;
        var output = usage.OutputTokens > 0 ? usage.OutputTokens : usage.AvgOutputTokens * usage.TotalRequests;
        var before = source.CostOfMany(input, usage.CachedInputTokens, output) ?? (usage.UnpricedRequests == 0 ? usage.TotalCost : null);
        var factor = TokenFactor(source, target);
        var after = target.CostOfMany((long)(input * factor), (long)(usage.CachedInputTokens * factor), (long)(output * factor));
        return before is > 0 && after is { } cost ? (double)((cost - before.Value) / before.Value) : null;
    }

    /// <summary>Tokens that the target counts where the source counts one; an estimate.</summary>
    public static double TokenFactor(CatalogModel source, CatalogModel target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        return target.TokenFactor / source.TokenFactor;
    }
}

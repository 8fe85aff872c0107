using System.Globalization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Compatibility;

/// <summary>The checks of context window and output cap. Token counts of the source are turned into the target's by the factor between their tokenizers.</summary>
internal static class SizeChecks
{
    /// <summary>Share of a limit above which a fit that rests on an estimated token count is only a warning.</summary>
    private const double CloseFit = 0.9;

    public static CompatibilityCheckResult Unknown(string feature, string detail) =>
        new() { Feature = feature, Status = CheckStatus.Warn, Detail = detail, IsUnknown = true };

    public static CompatibilityCheckResult Context(CatalogModel target, string name, UsageAnalysis usage, double factor)
    {
        const string feature = "context_window";
        var used = TokenText.Of(usage.MaxContextUsed);
        if (target.UsableContext is not { } limit)
        {
            return Unknown(feature, $"The context window of {name} is unknown; your max usage is {used}.");
        }

        var needed = usage.MaxContextUsed * factor;
        var usedText = factor == 1 ? used : $"{used}, about {TokenText.Of((long)needed)} as {name} counts tokens";
        if (needed > limit)
        {
            return new()
            {
                Feature = feature,
                Status = CheckStatus.Fail,
                Detail = $"Your max usage ({usedText}) does not fit in {name} ({TokenText.Of(limit)})",
                RequestsAffected = RequestsAbove(usage, limit / factor),
                AboveTokens = (long)(limit / factor),
            };
        }

        var close = factor > 1 && needed > limit * CloseFit;
        return new()
        {
            Feature = feature,
            Status = close ? CheckStatus.Warn : CheckStatus.Pass,
            Detail = $"Your max usage ({usedText}) {(close ? "only just fits" : "fits")} in {name} ({TokenText.Of(limit)})",
        };
    }

    /// <summary>Null when no answer was recorded, for there is nothing to compare.</summary>
    public static CompatibilityCheckResult? Output(CatalogModel target, string name, UsageAnalysis usage, double factor)
    {
        const string feature = "max_output";
        if (usage.TotalRequests == 0 || target.Mode == ModelMode.Embedding)
        {
            return null;
        }

        var longest = usage.MaxOutputUsed;
        var used = longest is { } max ? $"Your longest answer ({TokenText.Of(max)})" : $"Your average answer ({TokenText.Of(usage.AvgOutputTokens)})";
        if (target.MaxOutputTokens is not { } cap)
        {
            return Unknown(feature, $"The output cap of {name} is unknown. {used} may not fit.");
        }

        var known = longest ?? usage.AvgOutputTokens;
        if (known > cap)
        {
            return new() { Feature = feature, Status = CheckStatus.Fail, Detail = $"{used} exceeds the output cap of {name} ({TokenText.Of(cap)})" };
        }

        if (known * factor > cap)
        {
            return new()
            {
                Feature = feature,
                Status = CheckStatus.Warn,
                Detail = string.Create(CultureInfo.InvariantCulture, $"{used} may exceed the output cap of {name} ({TokenText.Of(cap)}): it counts about {(factor - 1) * 100:0} % more tokens"),
            };
        }

        var detail = $"{used} fits the output cap of {name} ({TokenText.Of(cap)})";
        return longest is null
            ? Unknown(feature, $"{detail}; the longest answer was not recorded.")
            : new() { Feature = feature, Status = CheckStatus.Pass, Detail = detail };
    }

    /// <summary>Requests in bins that end above a size: an upper bound, since the bin that holds the limit counts as a whole. At least the largest one.</summary>
    private static long? RequestsAbove(UsageAnalysis usage, double limit) =>
        usage.ContextHistogram.Count == 0 ? null : Math.Max(1, usage.ContextHistogram.Where(x => x.UpTo > limit).Sum(x => x.Requests));
}

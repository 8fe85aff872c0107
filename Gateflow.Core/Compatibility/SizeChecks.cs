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
        if (ContextLimit.Tightest(target, usage, factor) is not { } limit)
        {
            return Unknown(feature, $"The context window of {name} is unknown; your max usage is {TokenText.Of(usage.MaxContextUsed)}.");
        }

        var used = TokenText.Of(limit.Used);
        var most = $"Your {(limit.OfInput ? "largest input" : "max usage")} ({(factor == 1 ? used : $"{used}, about {TokenText.Of((long)limit.Needed)} as {name} counts tokens")})";
        var room = $"{name} ({TokenText.Of(limit.Tokens)}{(limit.OfInput ? " of input" : "")})";
        if (!limit.Fits)
        {
            return new()
            {
                Feature = feature,
                Status = CheckStatus.Fail,
                Detail = $"{most} does not fit in {room}",
                RequestsAffected = RequestsAbove(usage, limit.Tokens / factor),
                AboveTokens = (long)(limit.Tokens / factor),
            };
        }

        var close = factor > 1 && limit.Needed > limit.Tokens * CloseFit;
        return new()
        {
            Feature = feature,
            Status = close ? CheckStatus.Warn : CheckStatus.Pass,
            Detail = $"{most} {(close ? "only just fits" : "fits")} in {room}",
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

    /// <summary>
    /// Requests above a size, an estimate: within the bin that holds it they are taken as evenly spread over the logarithm of their size, up to the largest.
    /// At least that one.
    /// </summary>
    private static long? RequestsAbove(UsageAnalysis usage, double limit)
    {
        if (usage.ContextHistogram.Count == 0)
        {
            return null;
        }

        var (above, low) = (0.0, 1.0);
        foreach (var bin in usage.ContextHistogram)
        {
            var high = Math.Min(bin.UpTo, usage.MaxContextUsed);
            above += limit <= low ? bin.Requests : limit < high ? bin.Requests * Math.Log(high / limit) / Math.Log(high / low) : 0;
            low = bin.UpTo;
        }

        return Math.Max(1, (long)Math.Round(above));
    }
}

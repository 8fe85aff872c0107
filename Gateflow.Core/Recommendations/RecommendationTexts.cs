using System.Globalization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Recommendations;

/// <summary>Reasons and considerations in words, made only of the parts that the score is made of.</summary>
internal static class RecommendationTexts
{
    /// <summary>Change below which a cost or a latency counts as the same.</summary>
    private const double Same = 0.02;

    /// <summary>Share of success in earlier tests and migrations from which it speaks for a model.</summary>
    private const double GoodEvidence = 0.75;

    public static IReadOnlyList<string> Reasons(CatalogModel source, ScoredCandidate scored)
    {
        var target = scored.Candidate.Model;
        var reasons = new List<string>();
        if (scored.Named)
        {
            reasons.Add($"Named by {source.Provider} as the successor");
        }

        if (scored.Parts.CapabilityFit >= 1)
        {
            reasons.Add("Same capabilities");
        }

        if (target.UsableContext > source.UsableContext)
        {
            reasons.Add($"Larger context ({TokenText.Of(target.UsableContext!.Value)} vs {TokenText.Of(source.UsableContext!.Value)})");
        }

        if (scored.CostChange <= -Same)
        {
            reasons.Add($"{Percent(-scored.CostChange.Value)} lower cost on your token mix");
        }

        if (scored is { SourceMs: { } before, TargetMs: { } after } && after < before * (1 - Same))
        {
            reasons.Add($"Faster here (median {Milliseconds(after)} vs {Milliseconds(before)})");
        }

        if (scored.Parts.Runway >= 1 && target.RetiresOn is null)
        {
            reasons.Add("No retirement announced");
        }

        if (scored.Parts.QualityEvidence is >= GoodEvidence and var quality)
        {
            reasons.Add(quality == 1 ? "Earlier tests and migrations to it succeeded" : $"Earlier tests and migrations to it mostly succeeded ({Percent(quality)})");
        }

        return reasons;
    }

    public static IReadOnlyList<string> Considerations(CatalogModel source, ScoredCandidate scored, UsageAnalysis usage, RecommendationOptions options)
    {
        var (target, today) = (scored.Candidate.Model, options.Today);
        var list = new List<string>();
        if (!scored.Candidate.Served)
        {
            list.Add("Not served by a configured provider");
        }

        if (options.Region.Allowed.Count > 0 && scored.Candidate.Region is null)
        {
            list.Add("Region unknown");
        }

        if (scored.Parts.QualityEvidence is < GoodEvidence and var quality)
        {
            list.Add(quality == 0 ? "Earlier tests or migrations to it failed" : $"Earlier tests and migrations to it succeeded in part only ({Percent(quality)})");
        }

        if (source.Provider.Length > 0 && source.Provider != target.Provider)
        {
            list.Add($"Different provider ({target.Provider})");
        }

        if (target.StatusOn(today) != LifecycleStatus.Active)
        {
            list.Add(LifecycleCheck.Check(target, scored.Candidate.Name, today, served: false).Detail);
        }

        list.AddRange(scored.Report.Checks.Where(x => x.Status == CheckStatus.Warn && x.Feature is not ("lifecycle" or "usage")).Select(x => x.Shim is null ? x.Detail : $"{x.Detail}: {x.Shim}"));
        if (target.UsableContext < source.UsableContext)
        {
            list.Add($"Smaller context ({TokenText.Of(target.UsableContext!.Value)} vs {TokenText.Of(source.UsableContext!.Value)})");
        }

        AddCost(list, source, scored, usage);
        if (scored is { SourceMs: { } before, TargetMs: { } after } && after > before * (1 + Same))
        {
            list.Add($"Slower here (median {Milliseconds(after)} vs {Milliseconds(before)})");
        }

        return list;
    }

    private static void AddCost(List<string> list, CatalogModel source, ScoredCandidate scored, UsageAnalysis usage)
    {
        var target = scored.Candidate.Model;
        var factor = CostChange.TokenFactor(source, target);
        if (scored.CostChange is null)
        {
            list.Add(usage.TotalRequests == 0 ? "Nothing was used: cost not compared" : "A price is unknown: cost not compared");
        }
        else if (scored.CostChange >= Same)
        {
            list.Add($"{Percent(scored.CostChange.Value)} higher cost on your token mix");
        }

        if (Math.Abs(factor - 1) > Same)
        {
            list.Add($"Counts about {Percent(Math.Abs(factor - 1))} {(factor > 1 ? "more" : "fewer")} tokens for the same text (estimated)");
        }

        if (target.Surcharge is { } surcharge && usage.MaxContextUsed * factor > surcharge.AboveInputTokens)
        {
            list.Add($"Prompts above {TokenText.Of(surcharge.AboveInputTokens)} tokens cost more; the estimate uses the base price");
        }
    }

    private static string Percent(double fraction) => fraction is > 0.99 and < 1
        ? "over 99 %"
        : string.Create(CultureInfo.InvariantCulture, $"{fraction * 100:0} %");

    private static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0} ms");
}

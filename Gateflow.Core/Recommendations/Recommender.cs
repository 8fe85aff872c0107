using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Recommendations;

/// <summary>Finds and ranks replacements of a model for the use made of it. Pure and deterministic; docs/scoring.md explains the figures.</summary>
public static class Recommender
{
    /// <summary>
    /// Best first: models that a configured provider serves before others, then by score, then in the catalog's order. A model is left out when a
    /// compatibility check fails (a capability used, the context needed, less than 30 days left to be served), when its context window is unknown, or when it answers in a region that is not allowed.
    /// </summary>
    /// <param name="catalog">What is known of models.</param>
    /// <param name="source">The model to replace; <see cref="CatalogModel.Unknown"/> for one that the catalog does not carry.</param>
    /// <param name="usage">What was used of it.</param>
    /// <param name="options">Day, served models, observations.</param>
    public static IReadOnlyList<Recommendation> Recommend(ModelCatalog catalog, CatalogModel source, UsageAnalysis usage, RecommendationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(usage);
        ArgumentNullException.ThrowIfNull(options);
        var successor = catalog.Successor(source, options.Today);
        return
        [
            .. Candidate.All(catalog, source, options.Served)
                .Where(x => options.Region.Allows(x.Region))
                .Where(x => IsEligible(source, x.Model, usage, options.Today))
                .Select(x => (Candidate: x, Report: CompatibilityCheck.Run(source, x.Model, x.Name, usage, options.Today, catalog.Rules)))
                .Where(x => x.Report.Compatible)
                .Select(x => Score(catalog, source, x.Candidate, x.Report, usage, options, successor))
                .OrderByDescending(x => x.Candidate.Served)
                .ThenByDescending(x => ScoreParts.Score(x.Parts))
                .ThenBy(x => ModelCatalog.Rank(x.Candidate.Model.Provider))
                .ThenBy(x => x.Candidate.Name, StringComparer.Ordinal)
                .ThenBy(x => x.Candidate.Provider, StringComparer.Ordinal)
                .Take(options.Max)
                .Select(x => Describe(source, x, usage, options)),
        ];
    }

    /// <summary>The cheap filters, so that the checks run over few models.</summary>
    private static bool IsEligible(CatalogModel source, CatalogModel target, UsageAnalysis usage, DateOnly today)
    {
        var wanted = source.Mode == ModelMode.Embedding ? ModelMode.Embedding : ModelMode.Chat;
        return target.Mode == wanted
            && ContextLimit.Tightest(target, usage, CostChange.TokenFactor(source, target)) is { Fits: true }
            && !(target.Released > today)
            && target.StatusOn(today) != LifecycleStatus.Retired;
    }

    private static ScoredCandidate Score(
        ModelCatalog catalog, CatalogModel source, Candidate candidate, CompatibilityReport report, UsageAnalysis usage, RecommendationOptions options, CatalogModel? successor)
    {
        var target = candidate.Model;
        var named = ReferenceEquals(target, successor) || source.Replacements.Any(x => ReferenceEquals(catalog.Find(source.Provider, x), target));
        var change = CostChange.Estimate(source, target, usage);
        var sourceMs = usage.LatencyMs?.P50;
        var targetMs = options.MedianLatencyMs.TryGetValue(candidate.Name, out var seen) ? seen : (double?)null;
        var parts = new ScoreBreakdown
        {
            CapabilityFit = ScoreParts.CapabilityFit(report, usage),
            ContextHeadroom = ContextLimit.Tightest(target, usage, CostChange.TokenFactor(source, target)) is { } limit ? ScoreParts.ContextHeadroom(limit.Tokens, limit.Needed) : null,
            Cost = ScoreParts.Cost(change),
            Speed = ScoreParts.Speed(sourceMs, targetMs),
            Runway = ScoreParts.Runway(target, options.Today, LifecycleCheck.LeastDays),
            ProviderSuccessor = ScoreParts.ProviderSuccessor(source, target, named),
            QualityEvidence = options.QualityEvidence.TryGetValue(candidate.Name, out var quality) ? Math.Clamp(quality, 0, 1) : null,
        };
        return new(candidate, report, parts, change, sourceMs, targetMs, named);
    }

    private static Recommendation Describe(CatalogModel source, ScoredCandidate scored, UsageAnalysis usage, RecommendationOptions options) => new()
    {
        Model = scored.Candidate.Name,
        Provider = scored.Candidate.Provider,
        Score = ScoreParts.Score(scored.Parts),
        Reasons = RecommendationTexts.Reasons(source, scored),
        Considerations = RecommendationTexts.Considerations(source, scored, usage, options),
        EstimatedCostChange = scored.CostChange is { } change ? Math.Round(change, 4) : null,
        Breakdown = Round(scored.Parts),
        ContextWindow = scored.Candidate.Model.ContextWindow,
        RetiresOn = scored.Candidate.Model.RetiresOn,
        Served = scored.Candidate.Served,
        Region = scored.Candidate.Region,
        DatesAreDemo = scored.Candidate.Model.DatesAreDemo,
    };

    private static ScoreBreakdown Round(ScoreBreakdown parts) => new()
    {
        CapabilityFit = Math.Round(parts.CapabilityFit, 3),
        ContextHeadroom = parts.ContextHeadroom is { } headroom ? Math.Round(headroom, 3) : null,
        Cost = parts.Cost is { } cost ? Math.Round(cost, 3) : null,
        Speed = parts.Speed is { } speed ? Math.Round(speed, 3) : null,
        Runway = Math.Round(parts.Runway, 3),
        ProviderSuccessor = parts.ProviderSuccessor,
        QualityEvidence = parts.QualityEvidence is { } quality ? Math.Round(quality, 3) : null,
    };
}

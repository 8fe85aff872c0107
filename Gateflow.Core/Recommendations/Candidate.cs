using System.Text.RegularExpressions;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;

namespace Gateflow.Core.Recommendations;

/// <summary>A model under consideration, by the name under which it would be called.</summary>
/// <param name="Model">What the catalog knows of it.</param>
/// <param name="Name">The id as served, else the catalog's.</param>
/// <param name="Provider">The configured provider, else the catalog's.</param>
/// <param name="Served">True when a configured provider serves it.</param>
/// <param name="Region">Where it answers; null when unknown, as of every model that nobody serves.</param>
internal sealed partial record Candidate(CatalogModel Model, string Name, string Provider, bool Served, string? Region)
{
    /// <summary>
    /// The served models, then those of the catalog that are not served: vendors' own, and those of the source's provider, since the same model at every
    /// reseller would only repeat itself, and none made for one purpose (speech, search, code, moderation) unless the source is too. The source itself is left out under all its names.
    /// </summary>
    public static IEnumerable<Candidate> All(ModelCatalog catalog, CatalogModel source, IReadOnlyList<ServedModel> served)
    {
        var own = served
            .Select(x => (Served: x, Model: catalog.Find(x.CatalogProvider ?? x.Provider, x.Model) ?? catalog.Find(x.Model)))
            .Where(x => x.Model is not null && !IsSame(x.Model, source) && !IsName(source, x.Served.Model))
            .Select(x => new Candidate(x.Model!, x.Served.Model, x.Served.Provider, true, x.Served.Region))
            .DistinctBy(x => (x.Provider, x.Name))
            .ToList();
        var taken = own.Select(x => x.Model).ToHashSet<CatalogModel>(ReferenceEqualityComparer.Instance);
        var others = catalog.All
            .Where(x => !taken.Contains(x) && !IsSame(x, source) && !IsName(source, x.Id) && (IsVendor(x) || x.Provider == source.Provider))
            .Where(x => !IsSpecial(x) || IsSpecial(source))
            .Select(x => new Candidate(x, x.Id, x.Provider, false, null));
        return own.Concat(others);
    }

    private static bool IsVendor(CatalogModel model) => ModelCatalog.Rank(model.Provider) < ModelCatalog.Rank("azure-openai");

    private static bool IsSpecial(CatalogModel model) => model.Capabilities.HasFlag(Capabilities.AudioOutput) || SpecialId().IsMatch(model.Id);

    [GeneratedRegex("codex|code-|codestral|devstral|-build|search|research|computer-use|guard|-live", RegexOptions.CultureInvariant)]
    private static partial Regex SpecialId();

    private static bool IsSame(CatalogModel left, CatalogModel right) => left.Provider == right.Provider && left.Id == right.Id;

    private static bool IsName(CatalogModel model, string name) =>
        string.Equals(model.Id, name, StringComparison.OrdinalIgnoreCase) || model.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase);
}

/// <summary>A candidate that passed the filters, with everything that its score and its texts are made of.</summary>
internal sealed record ScoredCandidate(Candidate Candidate, CompatibilityReport Report, ScoreBreakdown Parts, double? CostChange, double? SourceMs, double? TargetMs, bool Named);

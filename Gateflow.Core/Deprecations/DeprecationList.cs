using Gateflow.Core.Catalog;

namespace Gateflow.Core.Deprecations;

/// <summary>A model in use, with its use over the last 30 days.</summary>
/// <param name="Model">The id as it is used.</param>
/// <param name="Provider">The catalog's provider; null picks the vendor.</param>
/// <param name="Requests">Requests of the last 30 days.</param>
/// <param name="Cost">Their cost, USD; null when a price is unknown.</param>
public sealed record UsedModel(string Model, string? Provider = null, long Requests = 0, decimal? Cost = null)
{
    /// <summary>What is known of it where it is served; null leaves it to the catalog.</summary>
    public CatalogModel? Facts { get; init; }
}

/// <summary>Which of the models in use are going to die, the most pressing first.</summary>
public static class DeprecationList
{
    private const int Urgent = 7;
    private const int ActionNeeded = 30;

    /// <summary>
    /// One entry for each used model whose end is announced or past. Sorted by severity, then date (none last), then requests, then id.
    /// </summary>
    /// <param name="catalog">What is known of models.</param>
    /// <param name="used">The models in use; those that the catalog does not carry are left out.</param>
    /// <param name="today">The day against which dates are read.</param>
    /// <param name="withinDays">Leaves out what has no date or a later one; null keeps everything.</param>
    /// <param name="replacements">Better advice than the provider's, by used id (such as the first recommendation); optional.</param>
    public static IReadOnlyList<DeprecationEntry> Build(
        ModelCatalog catalog, IEnumerable<UsedModel> used, DateOnly today, int? withinDays = null, IReadOnlyDictionary<string, string>? replacements = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(used);
        return
        [
            .. used
                .Select(x => (Use: x, Model: x.Facts ?? (x.Provider is null ? catalog.Find(x.Model) : catalog.Find(x.Provider, x.Model))))
                .Where(x => x.Model is not null && x.Model.StatusOn(today) != LifecycleStatus.Active)
                .Select(x => Entry(catalog, x.Use, x.Model!, today, replacements))
                .Where(x => withinDays is null || x.DaysRemaining <= withinDays)
                .OrderByDescending(x => x.Severity)
                .ThenBy(x => x.RetiresOn ?? DateOnly.MaxValue)
                .ThenByDescending(x => x.RequestsLast30Days)
                .ThenBy(x => x.Model, StringComparer.Ordinal)
                .ThenBy(x => x.Provider, StringComparer.Ordinal),
        ];
    }

    /// <summary>Models of the catalog that nobody used and whose end is announced and still to come, in the same order.</summary>
    /// <param name="used">The models in use; whatever provider they are at, others of their names are left out.</param>
    public static IReadOnlyList<DeprecationEntry> Unused(ModelCatalog catalog, IEnumerable<UsedModel> used, DateOnly today, int? withinDays = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(used);
        var names = used.SelectMany(u => new[] { u.Model, (u.Facts ?? catalog.Find(u.Model))?.Id }).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        var rest = catalog.All.Where(m => !names.Contains(m.Id) && !m.Aliases.Any(names.Contains) && m.StatusOn(today) != LifecycleStatus.Retired);
        return Build(catalog, rest.Select(m => new UsedModel(m.Id, m.Provider)), today, withinDays);
    }

    /// <summary>Severity by the days that are left; without a date there is time to plan.</summary>
    public static DeprecationSeverity Severity(int? daysRemaining) => daysRemaining switch
    {
        <= Urgent => DeprecationSeverity.Urgent,
        <= ActionNeeded => DeprecationSeverity.ActionNeeded,
        _ => DeprecationSeverity.Planning,
    };

    private static DeprecationEntry Entry(
        ModelCatalog catalog, UsedModel use, CatalogModel model, DateOnly today, IReadOnlyDictionary<string, string>? replacements)
    {
        var days = model.DaysRemaining(today);
        var replacement = replacements?.GetValueOrDefault(use.Model) ?? catalog.Successor(model, today)?.Id;
        return new()
        {
            Model = use.Model,
            Provider = model.Provider,
            Status = model.StatusOn(today) switch
            {
                LifecycleStatus.Retired => DeprecationStatus.Retired,
                LifecycleStatus.Retiring => DeprecationStatus.Retiring,
                _ => DeprecationStatus.Deprecated,
            },
            DeprecatedOn = model.DeprecatedOn,
            RetiresOn = model.RetiresOn,
            RetiresOnIsEarliest = model.RetiresOnIsEarliest,
            DaysRemaining = days,
            Severity = Severity(days),
            ThresholdDays = days switch { <= Urgent => Urgent, <= ActionNeeded => ActionNeeded, <= CatalogModel.RetiringDays => CatalogModel.RetiringDays, _ => null },
            RequestsLast30Days = use.Requests,
            CostLast30Days = use.Cost,
            ReplacementModel = replacement,
            RecommendedAction = replacement is null ? null : $"migrate_to_{replacement}",
            Plan = model.RetiresOn is { } end ? BackPlan.For(today, end) : null,
            Demo = model.DatesAreDemo,
            Source = model.Source.Length > 0 && !model.DatesAreDemo ? model.Source : null,
        };
    }
}

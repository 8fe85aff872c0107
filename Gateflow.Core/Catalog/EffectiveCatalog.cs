using Gateflow.Core.Compatibility;

namespace Gateflow.Core.Catalog;

/// <summary>Puts stored facts over those that ship with the product. Pure: no database, no clock.</summary>
public static class EffectiveCatalog
{
    /// <param name="builtIn">What ships with the product, the demo's dates included.</param>
    /// <param name="facts">The stored facts, at most one for a model, field and day.</param>
    /// <param name="rules">The customer's own rules, in the order in which they count; those of the product follow.</param>
    /// <param name="today">The day whose prices are the current ones.</param>
    public static ModelCatalog Of(ModelCatalog builtIn, IReadOnlyList<CatalogFact> facts, IReadOnlyList<ParameterRule> rules, DateOnly today)
    {
        if (facts.Count == 0 && rules.Count == 0)
        {
            return builtIn;
        }

        var models = new Dictionary<string, CatalogModel>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in builtIn.All)
        {
            models[Key(model.Provider, model.Id)] = model;
        }

        foreach (var group in facts.GroupBy(f => Key(f.Provider, f.Model), StringComparer.OrdinalIgnoreCase))
        {
            var own = group.ToList();
            models[group.Key] = Apply(Start(builtIn, models, own[0]), own, today);
        }

        var all = rules.Count == 0 ? builtIn.Rules : new ParameterRules([.. rules, .. builtIn.Rules.All]);
        return new ModelCatalog(models.Values, builtIn.Templates, all);
    }

    /// <summary>The model with the facts; whatever cannot be read stays as it was.</summary>
    public static CatalogModel Apply(CatalogModel model, IReadOnlyList<CatalogFact> facts, DateOnly today)
    {
        var sources = new Dictionary<string, FactSource>(model.Sources, StringComparer.Ordinal);
        List<CatalogFact> prices = [];
        foreach (var fact in facts)
        {
            if (fact.Field == PriceFact.Name)
            {
                prices.Add(fact);
            }
            else if (FactFields.Find(fact.Field) is { } field && TrySet(field, model, fact) is { } changed)
            {
                model = changed;
                sources[fact.Field] = fact.From;
            }
        }

        return Priced(model with { Sources = sources }, prices, today);
    }

    /// <summary>The price that a model has without stored ones.</summary>
    public static PricePeriod BuiltInPrice(CatalogModel model) =>
        new(null, model.InputPrice, model.CachedInputPrice, model.OutputPrice, model.Surcharge) { Source = SourceOf(model, PriceFact.Name) };

    /// <summary>Where a fact of a model comes from.</summary>
    public static FactSource SourceOf(CatalogModel model, string field) => model.Sources.TryGetValue(field, out var source)
        ? source
        : model.DatesAreDemo && field is FactFields.DeprecatedOn or FactFields.RetiresOn
            ? new FactSource(FactOrigin.Demo, "made up for the demo, relative to the day of its start", null, null)
            : new FactSource(FactOrigin.BuiltIn, model.Source, new DateTimeOffset(ModelCatalog.EmbeddedDate.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), null);

    private static CatalogModel Priced(CatalogModel model, List<CatalogFact> facts, DateOnly today)
    {
        var periods = new SortedDictionary<DateOnly, PricePeriod>();
        if (!model.IsOwn)
        {
            periods[DateOnly.MinValue] = BuiltInPrice(model);
        }

        foreach (var fact in facts)
        {
            try
            {
                periods[fact.FirstDay ?? DateOnly.MinValue] = PriceFact.Read(fact.Json, fact.FirstDay, fact.From);
            }
            catch (FormatException)
            {
                // stored by a later version of the product: the price before it stands
            }
        }

        if (facts.Count == 0)
        {
            return model;
        }

        IReadOnlyList<PricePeriod> prices = [.. periods.Values];
        return PricePeriod.On(prices, today) is { } now
            ? model with { Prices = prices, InputPrice = now.Input, CachedInputPrice = now.CachedInput, OutputPrice = now.Output, Surcharge = now.Surcharge }
            : model with { Prices = prices };
    }

    private static CatalogModel? TrySet(FactField field, CatalogModel model, CatalogFact fact)
    {
        try
        {
            return field.Set(model, fact.Json);
        }
        catch (FormatException)
        {
            return null; // stored by a later version of the product
        }
    }

    /// <summary>What a model is before its own facts: itself, a part of another (whose other id it was), or nothing yet.</summary>
    private static CatalogModel Start(ModelCatalog builtIn, Dictionary<string, CatalogModel> models, CatalogFact first)
    {
        if (models.TryGetValue(Key(first.Provider, first.Model), out var known))
        {
            return known;
        }

        if (builtIn.Find(first.Provider, first.Model) is { } whole && models[Key(whole.Provider, whole.Id)] is var now)
        {
            models[Key(whole.Provider, whole.Id)] = now with { Aliases = [.. now.Aliases.Where(a => !string.Equals(a, first.Model, StringComparison.OrdinalIgnoreCase))] };
            return whole with { Id = first.Model, Aliases = [], DisplayName = first.Model };
        }

        return CatalogModel.Unknown(first.Provider, first.Model) with { IsOwn = true, Source = first.Source };
    }

    private static string Key(string provider, string model) => $"{provider}/{model}";
}

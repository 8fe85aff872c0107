namespace Gateflow.Core.Catalog;

/// <summary>Facts that replace the catalog's for one model. What is null stays as the catalog has it.</summary>
public sealed record ModelOverride
{
    /// <summary>The catalog's provider name; null picks the one that <see cref="ModelCatalog.Find(string)"/> picks.</summary>
    public string? Provider { get; init; }

    /// <summary>
    /// Id or alias. An overridden alias becomes a model of its own, so that its other names keep their facts; an id that the catalog does not carry
    /// becomes a new model and needs a provider.
    /// </summary>
    public required string Model { get; init; }

    public LifecycleDates? Lifecycle { get; init; }

    public ModelPrices? Prices { get; init; }

    public IReadOnlyList<string>? Replacements { get; init; }

    /// <summary>What to show beside the replaced facts: "Demo date", "Own price".</summary>
    public required string Label { get; init; }

    /// <summary>True when the dates are made up for the demo.</summary>
    public bool IsDemo { get; init; }

    internal CatalogModel Apply(CatalogModel model) => model with
    {
        DeprecatedOn = Lifecycle is null ? model.DeprecatedOn : Lifecycle.DeprecatedOn,
        RetiresOn = Lifecycle is null ? model.RetiresOn : Lifecycle.RetiresOn,
        RetiresOnIsEarliest = Lifecycle is null && model.RetiresOnIsEarliest,
        NotRetiredBefore = Lifecycle is null ? model.NotRetiredBefore : null,
        DatesAreDemo = Lifecycle is null ? model.DatesAreDemo : IsDemo,
        InputPrice = Prices is null ? model.InputPrice : Prices.Input,
        CachedInputPrice = Prices is null ? model.CachedInputPrice : Prices.CachedInput,
        OutputPrice = Prices is null ? model.OutputPrice : Prices.Output,
        Surcharge = Prices is null ? model.Surcharge : null,
        Replacements = Replacements ?? model.Replacements,
        OverrideLabel = Label,
    };
}

/// <summary>Both dates together; null is "none announced".</summary>
public sealed record LifecycleDates(DateOnly? DeprecatedOn, DateOnly? RetiresOn);

/// <summary>USD per million tokens, flat; null is unknown.</summary>
public sealed record ModelPrices(decimal? Input, decimal? CachedInput, decimal? Output);

using Gateflow.Core.Catalog;

namespace Gateflow.Tests.Catalog;

public sealed class ModelOverrideTests
{
    private static readonly ModelCatalog Catalog = ModelCatalog.Embedded;
    private static readonly LifecycleDates Soon = new(new DateOnly(2026, 6, 1), new DateOnly(2026, 12, 31));

    [Fact]
    public void With_LifecycleOfAnId_ReplacesBothDatesAndSaysSo()
    {
        var changed = Catalog.With([new ModelOverride { Model = "gpt-4o", Lifecycle = Soon, Label = "Demo date", IsDemo = true }]);

        var model = changed.Find("gpt-4o")!;
        Assert.Equal((Soon.DeprecatedOn, Soon.RetiresOn, true, "Demo date"), (model.DeprecatedOn, model.RetiresOn, model.DatesAreDemo, model.OverrideLabel));
        Assert.Equal(2.5m, model.InputPrice);
        Assert.Equal(new DateOnly(2027, 1, 14), Catalog.Find("gpt-4o")!.RetiresOn);
        Assert.Equal(Catalog.All.Count, changed.All.Count);
    }

    [Fact]
    public void With_Alias_BecomesAModelOfItsOwn()
    {
        var changed = Catalog.With([new ModelOverride { Model = "gpt-4-0613", Lifecycle = Soon, Label = "Demo date", IsDemo = true, Replacements = ["gpt-4o"] }]);

        Assert.Equal(("gpt-4-0613", Soon.RetiresOn), (changed.Find("gpt-4-0613")!.Id, changed.Find("gpt-4-0613")!.RetiresOn));
        Assert.Equal(Catalog.Find("gpt-4")!.RetiresOn, changed.Find("gpt-4")!.RetiresOn);
        Assert.DoesNotContain("gpt-4-0613", changed.Find("gpt-4")!.Aliases);
        Assert.Equal(Catalog.All.Count + 1, changed.All.Count);
        Assert.Equal(["gpt-4o"], changed.Find("gpt-4-0613")!.Replacements);
    }

    [Fact]
    public void With_NoDates_TakesTheCatalogsDatesAway() =>
        Assert.Equal(
            LifecycleStatus.Active,
            Catalog.With([new ModelOverride { Model = "gpt-4o", Lifecycle = new(null, null), Label = "Demo date", IsDemo = true }]).Find("gpt-4o")!.StatusOn(new DateOnly(2030, 1, 1)));

    [Fact]
    public void With_Prices_ReplacesThemAndKeepsTheDates()
    {
        var model = Catalog.With([new ModelOverride { Model = "gpt-6-sol", Prices = new(1m, null, 2m), Label = "Own price" }]).Find("gpt-6-sol")!;

        Assert.Equal(0.000003m, model.Cost(1, 0, 1));
        Assert.False(model.DatesAreDemo);
        Assert.Equal(0.3m, model.Cost(300_000, 0, 0));
    }

    [Fact]
    public void With_ModelThatTheCatalogLacks_NeedsAProvider()
    {
        var added = Catalog.With([new ModelOverride { Provider = "in-house", Model = "llama-9", Label = "Own model" }]);

        Assert.Equal("in-house", added.Find("llama-9")!.Provider);
        Assert.Null(added.Find("llama-9")!.InputPrice);
        Assert.Contains("llama-9", Assert.Throws<ArgumentException>(() => Catalog.With([new ModelOverride { Model = "llama-9", Label = "Own model" }])).Message, StringComparison.Ordinal);
    }
}

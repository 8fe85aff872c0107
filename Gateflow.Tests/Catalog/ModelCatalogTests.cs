using Gateflow.Core.Catalog;

namespace Gateflow.Tests.Catalog;

public sealed class ModelCatalogTests
{
    private static readonly ModelCatalog Catalog = ModelCatalog.Embedded;

    [Fact]
    public void Embedded_WholeFile_HoldsTheModelsThatItWasBuiltFrom()
    {
        Assert.Equal(421, Catalog.All.Count);
        Assert.Equal(279, Catalog.All.Count(x => x.RetiresOn is not null));
        Assert.Equal(174, Catalog.All.Count(x => x.DeprecatedOn is not null));
        Assert.Equal(100, Catalog.All.Count(x => x.Provider == "openai"));
        Assert.Equal(35, Catalog.All.Count(x => x.Provider == "anthropic"));
        Assert.All(Catalog.All, x => Assert.StartsWith("http", x.Source, StringComparison.Ordinal));
    }

    [Fact]
    public void Find_Gpt432k_HasItsDatesPricesAndSuccessor()
    {
        var model = Catalog.Find("gpt-4-32k")!;

        Assert.Equal(("openai", 32768, 60m, 120m), (model.Provider, model.ContextWindow, model.InputPrice, model.OutputPrice));
        Assert.Equal(new DateOnly(2024, 6, 6), model.DeprecatedOn);
        Assert.Equal(new DateOnly(2025, 6, 6), model.RetiresOn);
        Assert.Equal(["gpt-4o"], model.Replacements);
        Assert.True(model.Supports(Capabilities.FunctionCalling));
    }

    [Theory]
    [InlineData("gpt-4-0613", "openai", "gpt-4")]
    [InlineData("GPT-4-0613", "openai", "gpt-4")]
    [InlineData("gpt-4o", "openai", "gpt-4o")]
    [InlineData("gpt-4o-2024-08-06", "openai", "gpt-4o")]
    [InlineData("azure-openai/gpt-4o-2024-08-06", "azure-openai", "gpt-4o-2024-08-06")]
    [InlineData("claude-3-5-sonnet", "anthropic", "claude-3-5-sonnet-20241022")]
    [InlineData("claude-2", "anthropic", "claude-2.0")]
    [InlineData("gemini-2.5-pro", "google", "gemini-2.5-pro")]
    [InlineData("google-vertex/gemini-2.5-pro", "google-vertex", "gemini-2.5-pro")]
    [InlineData("openai/gpt-oss-120b", "groq", "openai/gpt-oss-120b")]
    public void Find_IdAliasOrPair_PrefersTheVendor(string name, string provider, string id)
    {
        var found = Catalog.Find(name);

        Assert.Equal((provider, id), (found?.Provider, found?.Id));
    }

    [Fact]
    public void Find_UnknownId_Null()
    {
        Assert.Null(Catalog.Find("gpt-99"));
        Assert.Null(Catalog.Find("anthropic", "gpt-4o"));
    }

    [Fact]
    public void Find_EveryIdAndAliasWithItsProvider_LeadsBackToItsModel() =>
        Assert.All(Catalog.All, model => Assert.All(model.Aliases.Prepend(model.Id), name => Assert.Same(model, Catalog.Find(model.Provider, name))));

    [Fact]
    public void Templates_OfTheEmbeddedCatalog_HoldTheTwoBuiltInsAndResolve()
    {
        Assert.Equal(24, Catalog.Templates.Count);
        Assert.Equal("openai/gpt-4o", Catalog.Templates.Single(x => x.Id == "gpt-4-32k-to-gpt-4o").Target);
        Assert.Equal("anthropic/claude-2.0", Catalog.Templates.Single(x => x.Id == "claude-2-to-claude-3").Sources[0]);
        Assert.All(Catalog.Templates, x => Assert.All(x.Sources.Append(x.Target), name => Assert.NotNull(Catalog.Find(name))));
    }

    [Theory]
    [InlineData("gpt-4-32k", "2025-01-01", "gpt-4o")]
    [InlineData("gpt-4-32k", "2027-02-01", "gpt-6-luna")]
    [InlineData("claude-2.1", "2026-11-24", "claude-opus-4-8")]
    [InlineData("gpt-5.4", "2026-11-24", null)]
    public void Successor_RetiredReplacement_IsFollowedToOneThatIsServed(string model, string today, string? successor) =>
        Assert.Equal(successor, Catalog.Successor(Catalog.Find(model)!, DateOnly.ParseExact(today, "yyyy-MM-dd"))?.Id);

    [Fact]
    public void Successor_ReplacementsInACircle_Ends()
    {
        var gone = new LifecycleDates(null, new DateOnly(2020, 1, 1));
        var circle = Catalog.With(
        [
            new ModelOverride { Provider = "x", Model = "a", Label = "t", Lifecycle = gone, Replacements = ["b"] },
            new ModelOverride { Provider = "x", Model = "b", Label = "t", Lifecycle = gone, Replacements = ["a"] },
        ]);

        Assert.Null(circle.Successor(circle.Find("x", "a")!, new DateOnly(2026, 1, 1)));
    }
}

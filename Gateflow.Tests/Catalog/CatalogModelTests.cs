using Gateflow.Core.Catalog;

namespace Gateflow.Tests.Catalog;

public sealed class CatalogModelTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);

    [Fact]
    public void Cost_KnownPrices_IsPerMillionWithCachedTokensCheaper() =>
        Assert.Equal(0.0025m + 0.00125m + 0.01m, ModelCatalog.Embedded.Cost("gpt-4o", 2000, 1000, 1000));

    [Fact]
    public void Cost_NoCachedPrice_CountsCachedTokensAsOthers() => Assert.Equal(0.06m, ModelCatalog.Embedded.Cost("gpt-4-32k", 1000, 700, 0));

    [Theory]
    [InlineData("gpt-5-codex-mini")]
    [InlineData("no-such-model")]
    public void Cost_UnknownPrice_IsUnknownAndNotZero(string model) => Assert.Null(ModelCatalog.Embedded.Cost(model, 1000, 0, 1000));

    [Fact]
    public void Cost_OnlyTheOutputPriceMissing_IsUnknownUnlessNothingIsOutput()
    {
        var model = CatalogModel.Unknown("x", "m") with { InputPrice = 1m };

        Assert.Null(model.Cost(1000, 0, 1));
        Assert.Equal(0.001m, model.Cost(1000, 0, 0));
    }

    [Theory]
    [InlineData("claude-5", 0.0035)]
    [InlineData("gpt-5", 0.003)]
    public void Cost_WrittenToTheCache_IsAQuarterDearerWithClaude(string family, double cost)
    {
        var model = CatalogModel.Unknown("x", "m") with { Family = family, InputPrice = 2m, CachedInputPrice = 1m, OutputPrice = 4m };

        Assert.Equal((decimal)cost, model.Cost(1_500, 0, 1_000, 0, Today));
    }

    [Theory]
    [InlineData(0, 0.0035)]
    [InlineData(400, 0.0041)]
    [InlineData(1_000, 0.005)]
    public void Cost_WrittenToTheCacheForAnHour_IsTwiceAsDear(int hour, double cost)
    {
        var model = CatalogModel.Unknown("x", "m") with { Family = "claude-5", InputPrice = 2m, CachedInputPrice = 1m, OutputPrice = 4m };

        Assert.Equal((decimal)cost, model.Cost(1_500, 0, 1_000, 0, Today, hour));
    }

    [Theory]
    [InlineData(40_000, 40_000, 40_000, 0.008)] // 0.1 × 2 a million; what is written says nothing of the tier
    [InlineData(150_000, 40_000, 40_000, 0.095)] // 110,000 at 0.5 and 40,000 at twice that
    [InlineData(150_000, 40_000, 0, 0.08)] // 110,000 at 0.5 and 40,000 a quarter dearer
    public void Cost_WrittenToTheCacheByALongPrompt_IsOfThePromptsTier(int input, int written, int hour, double cost)
    {
        var model = ModelCatalog.Embedded.Find("claude-haiku-5-5")!;
        var priced = model with
        {
            Prices = [new PricePeriod(null, model.InputPrice, model.CachedInputPrice, model.OutputPrice, model.Surcharge) { Source = new FactSource(FactOrigin.BuiltIn, "", null, null) }],
        };

        Assert.Equal((decimal)cost, model.Cost(input, 0, written, 0, Today, hour));
        Assert.Equal((decimal)cost, priced.Cost(input, 0, written, 0, Today, hour));
    }

    [Fact]
    public void Cost_LongPrompt_IsBilledDearerAsAWhole()
    {
        var model = ModelCatalog.Embedded.Find("gpt-6-sol")!;

        Assert.Equal(0.544m, model.Cost(272_000, 0, 0));
        Assert.Equal((272_001 * 2m * 2m / 1_000_000m) + (1000 * 10m * 1.5m / 1_000_000m), model.Cost(272_001, 0, 1000));
        Assert.Equal(0.6m, model.CostOfMany(300_000, 0, 0));
    }

    [Theory]
    [InlineData(null, null, LifecycleStatus.Active)]
    [InlineData(-1, null, LifecycleStatus.Deprecated)]
    [InlineData(1, null, LifecycleStatus.Active)]
    [InlineData(-1, 91, LifecycleStatus.Deprecated)]
    [InlineData(-1, 90, LifecycleStatus.Retiring)]
    [InlineData(null, 1, LifecycleStatus.Retiring)]
    [InlineData(-9, 0, LifecycleStatus.Retired)]
    public void StatusOn_DatesAroundToday_FollowTheLastDate(int? deprecated, int? retires, LifecycleStatus status)
    {
        var model = CatalogModel.Unknown("x", "m") with
        {
            DeprecatedOn = deprecated is { } d ? Today.AddDays(d) : null,
            RetiresOn = retires is { } r ? Today.AddDays(r) : null,
        };

        Assert.Equal(status, model.StatusOn(Today));
        Assert.Equal(retires, model.DaysRemaining(Today));
    }

    [Fact]
    public void Supports_MissingFact_IsFalseOnlyWhereTheSourcesAreComplete()
    {
        var gpt4 = ModelCatalog.Embedded.Find("gpt-4")!;

        Assert.True(gpt4.Supports(Capabilities.FunctionCalling));
        Assert.False(gpt4.Supports(Capabilities.Vision));
        Assert.Null(gpt4.Supports(Capabilities.ParallelTools));
        Assert.Null(gpt4.Supports(Capabilities.Seed));
        Assert.Null(ModelCatalog.Embedded.Find("gpt-4-32k")!.Supports(Capabilities.Vision));
    }

    [Theory]
    [InlineData("claude-sonnet-4-6", 1)]
    [InlineData("claude-haiku-4-5", 1)]
    [InlineData("claude-opus-4-7", 1.3)]
    [InlineData("claude-sonnet-5-5", 1.3)]
    [InlineData("gpt-4o", 1)]
    public void TokenFactor_ClaudeFrom47On_CountsAboutAThirdMore(string model, double factor) =>
        Assert.Equal(factor, ModelCatalog.Embedded.Find(model)!.TokenFactor);

    [Theory]
    [InlineData(950, "950")]
    [InlineData(2100, "2.1k")]
    [InlineData(8192, "8k")]
    [InlineData(28000, "28k")]
    [InlineData(32768, "32k")]
    [InlineData(128000, "128k")]
    [InlineData(131072, "128k")]
    [InlineData(200000, "200k")]
    [InlineData(999_960, "1M")]
    [InlineData(1_000_000, "1M")]
    [InlineData(1_048_576, "1M")]
    [InlineData(1_050_000, "1.05M")]
    public void TokenText_Sizes_AreWrittenAsProvidersWriteThem(long tokens, string text) => Assert.Equal(text, TokenText.Of(tokens));

    [Theory]
    [InlineData("text-embedding-3-small", true)]
    [InlineData("BAAI/bge-m3", true)]
    [InlineData("multilingual-e5-large", true)]
    [InlineData("gte-large", true)]
    [InlineData("bge-reranker-v2-m3", false)]
    [InlineData("node5-chat", false)]
    public void NamesVectors_Id_IsAsItsFamilySays(string id, bool expected) => Assert.Equal(expected, ModelIds.NamesVectors(id));
}

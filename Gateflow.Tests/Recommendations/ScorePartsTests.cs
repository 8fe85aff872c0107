using Gateflow.Core.Catalog;
using Gateflow.Core.Recommendations;
using Gateflow.Tests.Compatibility;

namespace Gateflow.Tests.Recommendations;

public sealed class ScorePartsTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);
    private static readonly CatalogModel Model = ModelCatalog.Embedded.Find("gpt-4o")! with { RetiresOn = null, DeprecatedOn = null };

    [Fact]
    public void Weights_OfAllParts_AddUpToAHundred()
    {
        var best = new ScoreBreakdown { CapabilityFit = 1, ContextHeadroom = 1, Cost = 1, Speed = 1, Runway = 1, ProviderSuccessor = 1, QualityEvidence = 1 };

        Assert.Equal(100, ScoreParts.Score(best));
        Assert.Equal(0, ScoreParts.Score(new() { ContextHeadroom = 0, Cost = 0, Speed = 0, QualityEvidence = 0 }));
        Assert.Equal(90, ScoreParts.Score(best with { Cost = null }));
    }

    [Fact]
    public void Cost_Cheaper_NeverScoresLess()
    {
        var parts = Enumerable.Range(0, 41).Select(x => ScoreParts.Cost(-1 + (x * 0.05))!.Value).ToList();

        Assert.Equal(parts.OrderDescending(), parts);
        Assert.Equal((1, 0.5, 0), (parts[0], ScoreParts.Cost(0), parts[^1]));
        Assert.Null(ScoreParts.Cost(null));
    }

    [Fact]
    public void ContextHeadroom_MoreRoom_NeverScoresLess()
    {
        Assert.Equal(0, ScoreParts.ContextHeadroom(10_000, 10_000));
        Assert.Equal(0.5, ScoreParts.ContextHeadroom(20_000, 10_000)!.Value, 12);
        Assert.Equal(1, ScoreParts.ContextHeadroom(80_000, 10_000));
        Assert.Equal(1, ScoreParts.ContextHeadroom(80_000, 0));
        Assert.Null(ScoreParts.ContextHeadroom(null, 10_000));
    }

    [Fact]
    public void Runway_LaterRetirement_ScoresMoreUntilAYear()
    {
        Assert.Equal(0, RunwayOf(30));
        Assert.InRange(RunwayOf(200), RunwayOf(100) + 0.01, 0.99);
        Assert.Equal(1, RunwayOf(365));
        Assert.Equal(1, RunwayOf(2000));
        Assert.Equal(1, ScoreParts.Runway(Model, Today, 30));
        Assert.Equal(0.3, ScoreParts.Runway(Model with { DeprecatedOn = Today }, Today, 30));

        static double RunwayOf(int days) => ScoreParts.Runway(Model with { RetiresOn = Today.AddDays(days) }, Today, 30);
    }

    [Theory]
    [InlineData(1000, 500, 0.75)]
    [InlineData(1000, 1000, 0.5)]
    [InlineData(1000, 5000, 0)]
    public void Speed_RatioOfMedians_ScoresLikeCost(double source, double target, double part) => Assert.Equal(part, ScoreParts.Speed(source, target));

    [Theory]
    [InlineData(null, 500.0)]
    [InlineData(500.0, null)]
    public void Speed_OneModelUnseen_IsUnknown(double? source, double? target) => Assert.Null(ScoreParts.Speed(source, target));

    [Fact]
    public void CostChange_SameTokens_IsTheRatioOfPrices()
    {
        var usage = UsageSamples.CreateSeed();
        var source = ModelCatalog.Embedded.Find("gpt-4-32k")!;

        var before = (12500 * 60m) + (2100 * 120m);
        var after = (12500 * 2.5m) + (2100 * 10m);
        Assert.Equal((double)((after - before) / before), CostChange.Estimate(source, Model, usage)!.Value, 9);
    }

    [Fact]
    public void CostChange_TokenizerThatCountsMore_RaisesTheCost()
    {
        var usage = UsageSamples.Create(Capabilities.None);
        var inflated = Model with { TokenFactor = 1.3 };

        Assert.Equal(0, CostChange.Estimate(Model, Model, usage));
        Assert.Equal(0.3, CostChange.Estimate(Model, inflated, usage)!.Value, 6);
        Assert.Equal(0, CostChange.Estimate(inflated, inflated, usage)!.Value, 6);
    }

    [Fact]
    public void CostChange_SomeRequestsUnpriced_DoesNotSetTheirTokensAgainstTheCostOfTheOthers()
    {
        var usage = UsageSamples.Create(Capabilities.None) with { TotalCost = 9m, UnpricedRequests = 500 };

        Assert.Null(CostChange.Estimate(Model with { InputPrice = null, CachedInputPrice = null }, Model, usage));
        Assert.Equal(0, CostChange.Estimate(Model, Model, usage));
    }

    [Fact]
    public void CostChange_PriceUnknown_IsUnknownUnlessTheCostWasRecorded()
    {
        var usage = UsageSamples.Create(Capabilities.None);
        var unpriced = Model with { InputPrice = null, CachedInputPrice = null };

        Assert.Null(CostChange.Estimate(Model, unpriced, usage));
        Assert.Null(CostChange.Estimate(unpriced, Model, usage));
        Assert.Equal(-0.5, CostChange.Estimate(unpriced, Model, usage with { TotalCost = 9m }));
    }
}

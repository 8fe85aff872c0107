using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Usage;
using Gateflow.Tests.Compatibility;

namespace Gateflow.Tests.Recommendations;

public sealed class RecommenderTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);
    private static readonly ModelCatalog Catalog = ModelCatalog.Embedded;

    [Fact]
    public void Recommend_SeedExample_PutsTheNamedSuccessorHigh()
    {
        var list = Recommend("gpt-4-32k", UsageSamples.CreateSeed(), new() { Today = new(2025, 4, 1), Served = [new("openai", "gpt-4o"), new("anthropic", "claude-3-5-sonnet")] });

        Assert.Equal(["gpt-4o", "claude-3-5-sonnet"], list.Take(2).Select(x => x.Model));
        var best = list[0];
        Assert.InRange(best.Score, 88, 100);
        Assert.True(best.Served);
        Assert.Equal(
            ["Named by openai as the successor", "Same capabilities", "Larger context (128k vs 32k)", "95 % lower cost on your token mix"],
            best.Reasons);
        Assert.Equal(-0.9479, best.EstimatedCostChange);
        Assert.Contains("Different provider (anthropic)", list[1].Considerations);
    }

    [Fact]
    public void Recommend_OnTheWire_HasTheDocumentedShape()
    {
        var json = WireJson.ToElement(Recommend("gpt-4", UsageSamples.Create(Capabilities.None), new() { Today = Today })[0]);

        foreach (var name in (string[])["model", "provider", "score", "reasons", "considerations", "estimated_cost_change", "breakdown", "context_window", "served"])
        {
            Assert.True(json.TryGetProperty(name, out _), name);
        }

        Assert.Equal(
            ["capability_fit", "context_headroom", "cost", "speed", "runway", "provider_successor", "quality_evidence"],
            json.GetProperty("breakdown").EnumerateObject().Select(x => x.Name));
    }

    [Theory]
    [InlineData("gpt-4")]
    [InlineData("claude-2.1")]
    [InlineData("gpt-3.5-turbo")]
    [InlineData("gemini-2.5-pro")]
    public void Recommend_AnyRealModel_PassesEveryHardFilter(string source)
    {
        var usage = UsageSamples.Create(Capabilities.FunctionCalling | Capabilities.Streaming) with { MaxContextUsed = 100_000 };

        var list = Recommend(source, usage, new() { Today = Today, Max = 1000 });

        Assert.NotEmpty(list);
        Assert.All(list, x =>
        {
            var model = Catalog.Find(x.Provider, x.Model)!;
            Assert.Equal(ModelMode.Chat, model.Mode);
            Assert.True(model.ContextWindow >= 100_000);
            Assert.True(model.RetiresOn is null || model.RetiresOn >= Today.AddDays(30), $"{x.Model} {model.RetiresOn}");
            Assert.NotSame(Catalog.Find(source), model);
            Assert.NotEqual(false, model.Supports(Capabilities.FunctionCalling));
            Assert.Contains("Not served by a configured provider", x.Considerations);
        });
    }

    [Fact]
    public void Recommend_ImagesUsed_LeavesOutModelsWithoutThem()
    {
        var without = Recommend("gpt-4o", UsageSamples.Create(Capabilities.None), new() { Today = Today, Max = 1000 });
        var with = Recommend("gpt-4o", UsageSamples.Create(Capabilities.Vision), new() { Today = Today, Max = 1000 });

        Assert.Contains(without, x => x.Model == "deepseek-v4-flash");
        Assert.DoesNotContain(with, x => x.Model == "deepseek-v4-flash");
        Assert.Contains(with, x => x.Model == "gpt-5.4");
    }

    [Fact]
    public void Recommend_ServedModels_ComeFirstWhateverTheirScore()
    {
        var list = Recommend("gpt-4", UsageSamples.Create(Capabilities.None), new() { Today = Today, Max = 10, Served = [new("bought", "gpt-5.2-pro", "openai"), new("openai", "gpt-4")] });

        Assert.Equal(("gpt-5.2-pro", "bought", true), (list[0].Model, list[0].Provider, list[0].Served));
        Assert.True(list[0].Score < list[1].Score);
        Assert.All(list.Skip(1), x => Assert.False(x.Served));
        Assert.DoesNotContain(list, x => x.Model == "gpt-4");
        Assert.Single(list, x => x.Model == "gpt-5.2-pro");
    }

    [Fact]
    public void Recommend_DemoDatesOnSnapshots_RecommendsTheServedSnapshots()
    {
        var catalog = Catalog.With(
        [
            new ModelOverride { Model = "gpt-4-0613", Lifecycle = new(Today.AddDays(-60), Today.AddDays(45)), Replacements = ["gpt-4o-2024-05-13"], Label = "Demo date", IsDemo = true },
            new ModelOverride { Model = "gpt-4o-2024-05-13", Lifecycle = new(null, null), Label = "Demo date", IsDemo = true },
            new ModelOverride { Model = "claude-3-5-sonnet-20240620", Lifecycle = new(null, null), Label = "Demo date", IsDemo = true },
        ]);
        ServedModel[] served = [new("openai", "gpt-4-0613"), new("openai", "gpt-4o-2024-05-13"), new("anthropic", "claude-3-5-sonnet-20240620")];

        var list = Recommender.Recommend(catalog, catalog.Find("gpt-4-0613")!, UsageSamples.Create(Capabilities.FunctionCalling), new() { Today = Today, Served = served, Max = 3 });

        Assert.Equal(["gpt-4o-2024-05-13", "claude-3-5-sonnet-20240620"], list.Where(x => x.Served).Select(x => x.Model));
        Assert.Equal(1, list[0].Breakdown.ProviderSuccessor);
        Assert.DoesNotContain(list[0].Considerations, x => x.Contains("retire", StringComparison.Ordinal));
    }

    [Fact]
    public void Recommend_ModelsForOnePurpose_AreLeftOutUnlessServedOrSourceIsOne()
    {
        var usage = UsageSamples.Create(Capabilities.None);

        Assert.DoesNotContain(Recommend("gpt-4", usage, new() { Today = Today, Max = 1000 }), x => x.Model is "gpt-audio-1.5" or "gpt-5.3-codex" or "codestral-2508");
        Assert.Contains(Recommend("gpt-audio", usage, new() { Today = Today, Max = 1000 }), x => x.Model == "gpt-audio-1.5");
        Assert.Equal("codestral-2508", Recommend("gpt-4", usage, new() { Today = Today, Served = [new("mistral", "codestral-2508")] })[0].Model);
    }

    [Fact]
    public void Recommend_ResellersCopies_AreLeftOutUnlessTheSourceIsThere()
    {
        var usage = UsageSamples.Create(Capabilities.None);

        Assert.DoesNotContain(Recommend("gpt-4", usage, new() { Today = Today, Max = 1000 }), x => x.Provider is "azure-openai" or "amazon-bedrock" or "google-vertex");
        Assert.Contains(Recommend("azure-openai/gpt-4.1", usage, new() { Today = Today, Max = 1000 }), x => x.Provider == "azure-openai");
    }

    [Fact]
    public void Recommend_DeprecatedCandidate_ShowsItsDateAndLosesPoints()
    {
        var options = new RecommendationOptions { Today = Today, Served = [new("openai", "gpt-4o")] };
        var dying = Recommend("gpt-4", UsageSamples.Create(Capabilities.None), options)[0];
        var living = Recommender.Recommend(
            Catalog.With([new ModelOverride { Model = "gpt-4o", Lifecycle = new(null, null), Label = "Demo date", IsDemo = true }]),
            Catalog.Find("gpt-4")!, UsageSamples.Create(Capabilities.None), options)[0];

        Assert.Equal(("gpt-4o", new DateOnly(2027, 1, 14)), (dying.Model, dying.RetiresOn));
        Assert.Contains("gpt-4o retires on 2027-01-14, in 51 days", dying.Considerations);
        Assert.True(living.Score > dying.Score + 10);
        Assert.True(living.DatesAreDemo);
    }

    [Fact]
    public void Recommend_ReleasedLater_IsNotRecommendedYet() =>
        Assert.DoesNotContain(
            Recommend("gpt-4-32k", UsageSamples.CreateSeed(), new() { Today = new(2025, 4, 1), Max = 1000 }),
            x => Catalog.Find(x.Provider, x.Model)!.Released > new DateOnly(2025, 4, 1));

    [Fact]
    public void Recommend_LatencyAndQualitySeen_EnterScoreAndReasons()
    {
        var usage = UsageSamples.Create(Capabilities.None) with { LatencyMs = new(900, 2000, 3000, 9000) };
        var options = new RecommendationOptions { Today = Today, Served = [new("openai", "gpt-5.4")] };

        var blind = Recommend("gpt-4", usage, options)[0];
        var seen = Recommend("gpt-4", usage, options with
        {
            MedianLatencyMs = new Dictionary<string, double> { ["gpt-5.4"] = 450 },
            QualityEvidence = new Dictionary<string, double> { ["gpt-5.4"] = 0.94 },
        })[0];

        Assert.Null(blind.Breakdown.Speed);
        Assert.Equal((0.75, 0.94), (seen.Breakdown.Speed, seen.Breakdown.QualityEvidence));
        Assert.Contains("Faster here (median 450 ms vs 900 ms)", seen.Reasons);
        Assert.Contains("Earlier tests and migrations to it mostly succeeded (94 %)", seen.Reasons);
        Assert.True(seen.Score > blind.Score);
    }

    [Fact]
    public void Recommend_EarlierMigrationsFailed_IsSaidAsAConsiderationNotAsAReason()
    {
        var options = new RecommendationOptions { Today = Today, Served = [new("openai", "gpt-5.4")], QualityEvidence = new Dictionary<string, double> { ["gpt-5.4"] = 0 } };

        var best = Recommend("gpt-4", UsageSamples.Create(Capabilities.None), options)[0];

        Assert.Contains("Earlier tests or migrations to it failed", best.Considerations);
        Assert.DoesNotContain(best.Reasons, reason => reason.Contains("Earlier", StringComparison.Ordinal));
    }

    [Fact]
    public void Recommend_PriceUnknown_HasNoCostChangeAndSaysSo()
    {
        var catalog = Catalog.With([new ModelOverride { Model = "gpt-5.4", Prices = new(null, null, null), Label = "Own price" }]);

        var best = Recommender.Recommend(catalog, catalog.Find("gpt-4")!, UsageSamples.Create(Capabilities.None), new() { Today = Today, Served = [new("openai", "gpt-5.4")] })[0];

        Assert.Null(best.EstimatedCostChange);
        Assert.Null(best.Breakdown.Cost);
        Assert.Contains("A price is unknown: cost not compared", best.Considerations);
    }

    [Fact]
    public void Recommend_TwiceAndWithServedInAnotherOrder_GivesTheSame()
    {
        var usage = UsageSamples.Create(Capabilities.FunctionCalling | Capabilities.Temperature | Capabilities.MaxTokens);
        ServedModel[] served = [new("openai", "gpt-5.4"), new("anthropic", "claude-sonnet-5-5"), new("mistral", "mistral-large-2512")];

        var first = JsonSerializer.Serialize(Recommend("gpt-4", usage, new() { Today = Today, Served = served, Max = 50 }));
        var second = JsonSerializer.Serialize(Recommend("gpt-4", usage, new() { Today = Today, Served = [.. served.Reverse()], Max = 50 }));

        Assert.Equal(first, second);
    }

    [Fact]
    public void Recommend_SourceThatTheCatalogLacks_StillFindsCandidates() =>
        Assert.NotEmpty(Recommender.Recommend(Catalog, CatalogModel.Unknown("in-house", "llama-9"), UsageSamples.Create(Capabilities.FunctionCalling), new() { Today = Today }));

    private static IReadOnlyList<Recommendation> Recommend(string source, UsageAnalysis usage, RecommendationOptions options) =>
        Recommender.Recommend(Catalog, Catalog.Find(source)!, usage, options);
}

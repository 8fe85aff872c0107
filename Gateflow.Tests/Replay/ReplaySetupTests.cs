using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Replay;
using Gateflow.Tests.Pipeline;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Replay;

/// <summary>Tests with other setups than the usual one: recorded answers, noise floor, embeddings, a judge.</summary>
public sealed class ReplaySetupTests
{
    private const string Embedding = "text-embedding-3-small";
    private const string Judge = "judge";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recorded_AnswersOfTheSource_AreComparedWithoutAskingIt()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(25);
        await bench.StoreAnswersAsync(20, i => $"The recorded answer number {i}: {ReplayBench.Prompt(i)}");

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, Compare = ReplayCompare.Recorded });

        Assert.Equal((20, 20, 0), (test.Planned, test.Results!.RequestsTested, test.Results.SourceModel.Errors));
        Assert.Empty(await bench.Provider.RequestsAsync(ReplayBench.Source));
        Assert.Equal(20, (await bench.Provider.RequestsAsync(ReplayBench.Target)).Count);
        Assert.Equal((700, 7), (test.Results.SourceModel.AvgLatencyMs, test.Results.SourceModel.AvgOutputTokens));
        var (pairs, _) = await bench.Pairs.ListAsync(test.TestId, new PairQuery(ReplayPairOrder.Answered, Skip: 0, Limit: 50), Token);
        Assert.All(pairs, p => Assert.StartsWith("The recorded answer", p.Source.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoiseFloor_AsksTheSourceTwice()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(25);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, NoiseFloor = true, Concurrency = 3 });

        Assert.Equal(50, (await bench.Provider.RequestsAsync(ReplayBench.Source)).Count);
        Assert.Equal((25, 0), (test.Results!.NoiseFloor!.Pairs, test.Results.NoiseFloor.Errors));
        Assert.InRange(test.Results.NoiseFloor.SemanticSimilarity!.Value, 0.3, 1);
        Assert.Equal((true, 3), (test.Setup.NoiseFloor, test.Setup.Concurrency));
    }

    [Fact]
    public async Task Embeddings_OfAServedModel_GiveTheSimilarityInBatches()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Vectors(Inputs(upstream)));
        await using var bench = await ReplayBench.StartAsync(extra: upstream.BaseUrl);
        await bench.StoreAsync(40);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, Similarity = SimilarityKind.Embedding, EmbeddingModel = Embedding });

        var quality = test.Results!.QualityComparison;
        Assert.Equal("embedding", quality.SimilarityMethod);
        Assert.Contains(Embedding, quality.SimilarityNote, StringComparison.Ordinal);
        Assert.InRange(quality.SemanticSimilarity!.Value, 0, 1);
        Assert.Equal([64, 16], upstream.Requests.Select(r => JsonElement.Parse(r.Body).GetProperty("input").GetArrayLength()));

        var again = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, Similarity = SimilarityKind.Embedding, EmbeddingModel = Embedding });
        Assert.Equal("embedding", again.Results!.QualityComparison.SimilarityMethod);
    }

    [Theory]
    [InlineData("dimension", "one vector of one length")]
    [InlineData("missing", "one vector of one length")]
    [InlineData("text", "one vector of one length")]
    [InlineData("failure", "HTTP 500")]
    public async Task Embeddings_ThatCannotBeUsed_FallBackToLexicalAndSaySo(string fault, string words)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer = (http, _) => fault == "failure" ? FakeUpstream.Error(http, 500) : FakeUpstream.Json(http, 200, Vectors(Inputs(upstream), fault));
        await using var bench = await ReplayBench.StartAsync(extra: upstream.BaseUrl);
        await bench.StoreAsync(25);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, Similarity = SimilarityKind.Embedding, EmbeddingModel = Embedding });

        var quality = test.Results!.QualityComparison;
        Assert.Equal((ReplayStatus.Completed, "lexical", 25), (test.Status, quality.SimilarityMethod, test.Results.RequestsTested));
        Assert.Contains("Compared lexically", quality.SimilarityNote, StringComparison.Ordinal);
        Assert.Contains(words, quality.SimilarityNote, StringComparison.Ordinal);
        Assert.InRange(quality.SemanticSimilarity!.Value, 0.38, 1);
    }

    [Fact]
    public async Task Embeddings_OfAnotherLengthInALaterBatch_FallBackToLexical()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Vectors(Inputs(upstream), length: upstream.Requests.Count == 1 ? 8 : 16));
        await using var bench = await ReplayBench.StartAsync(extra: upstream.BaseUrl);
        await bench.StoreAsync(40);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, Similarity = SimilarityKind.Embedding, EmbeddingModel = $"extra/{Embedding}" });

        Assert.Equal((2, "lexical"), (upstream.Requests.Count, test.Results!.QualityComparison.SimilarityMethod));
        Assert.Contains("not all of one length", test.Results.QualityComparison.SimilarityNote, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("target", 20, 0, 0, 0, 0)]
    [InlineData("source", 0, 0, 20, 0, 0)]
    [InlineData("first", 0, 20, 0, 20, 0)]
    [InlineData("tie", 0, 20, 0, 0, 0)]
    [InlineData("nonsense", 0, 0, 0, 0, 20)]
    public async Task Judge_IsBlindAndAskedInBothOrders(string prefers, int wins, int ties, int losses, int inconsistent, int invalid)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, FakeUpstream.Completion(Judge, Word(upstream, prefers)));
        await using var bench = await ReplayBench.StartAsync(extra: upstream.BaseUrl);
        await bench.StoreAsync(20);
        await bench.RecordAsync(ReplayBench.Source, 20, i => $"SOURCE-TEXT {ReplayBench.Prompt(i)}");
        await bench.RecordAsync(ReplayBench.Target, 20, i => $"TARGET-TEXT {ReplayBench.Prompt(i)}");

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, Concurrency = 1, JudgeModel = Judge, JudgeRubric = "Prefer brevity." });

        var judge = test.Results!.Judge!;
        Assert.Equal((wins, ties, losses, inconsistent, invalid), (judge.Wins, judge.Ties, judge.Losses, judge.Inconsistent, judge.Invalid));
        Assert.Equal(prefers is "tie" or "nonsense" ? 20 : 40, upstream.Requests.Count);
        Assert.All(upstream.Requests, r => Assert.Contains("Prefer brevity.", r.Body, StringComparison.Ordinal));
        Assert.All(upstream.Requests, r => Assert.DoesNotContain(ReplayBench.Source + "\"", r.Body, StringComparison.Ordinal));
        var firsts = upstream.Requests.Count(r => r.Body.IndexOf("TARGET-TEXT", StringComparison.Ordinal) < r.Body.IndexOf("SOURCE-TEXT", StringComparison.Ordinal));
        Assert.InRange(firsts, 1, upstream.Requests.Count - 1);
        var (pairs, _) = await bench.Pairs.ListAsync(test.TestId, new PairQuery(ReplayPairOrder.Answered, Skip: 0, Limit: 1), Token);
        Assert.NotNull(pairs[0].Judged);
    }

    [Fact]
    public async Task Judge_ThatFails_IsCountedAndNoVerdict()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer = (http, _) => FakeUpstream.Error(http, 500);
        await using var bench = await ReplayBench.StartAsync(extra: upstream.BaseUrl);
        await bench.StoreAsync(20);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, JudgeModel = Judge });

        Assert.Equal((ReplayStatus.Completed, 20), (test.Status, test.Results!.Judge!.Failed));
        Assert.Contains(test.Results.Rules, r => r.Name == "judge_invalid");
    }

    [Fact]
    public async Task Rating_ChangesTheRecommendation()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(25);
        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });
        var (pairs, _) = await bench.Pairs.ListAsync(test.TestId, new PairQuery(ReplayPairOrder.MostDifferent, Skip: 0, Limit: 6), Token);

        foreach (var pair in pairs)
        {
            Assert.Null(await bench.Pairs.RateAsync(ReplayBench.MigrationId, test.TestId, pair.PairId, "worse", Token));
        }

        var rated = (await bench.Reader.FindAsync(ReplayBench.MigrationId, test.TestId, Token))!.Results!;
        Assert.Equal((ReplayRecommendation.Proceed, ReplayRecommendation.DoNotProceed), (test.Results!.Recommendation, rated.Recommendation));
        Assert.Equal(new Opinions(0, 0, 6), rated.Ratings);
    }

    [Fact]
    public async Task Tools_AreComparedAndNeverExecuted()
    {
        const string Tools = ""","tools":[{"type":"function","function":{"name":"look_up","parameters":{"type":"object","properties":{"order":{"type":"integer"}},"required":["order"]}}}],"tool_choice":"required" """;
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(25, extra: Tools, capabilities: Capabilities.Chat | Capabilities.FunctionCalling);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });

        var quality = test.Results!.QualityComparison;
        Assert.Equal((25, 1.0), (quality.ToolCalls!.Pairs, quality.ToolCalls.NameMatch));
        Assert.Equal((25, 25), (quality.TargetSchemaChecked, quality.TargetSchemaValid));
        Assert.Equal(25, (await bench.Provider.RequestsAsync(ReplayBench.Target)).Count);
    }

    private static List<string> Inputs(FakeUpstream upstream) =>
        [.. JsonElement.Parse(upstream.Requests.Last().Body).GetProperty("input").EnumerateArray().Select(t => t.GetString()!)];

    /// <summary>Vectors that depend on the text.</summary>
    private static string Vectors(List<string> texts, string? fault = null, int length = 8) => JsonSerializer.Serialize(new
    {
        @object = "list",
        model = Embedding,
        data = texts.Skip(fault == "missing" ? 1 : 0).Select((text, i) => new
        {
            @object = "embedding",
            index = i,
            embedding = fault == "text" ? (object)"none" : Enumerable.Range(0, fault == "dimension" && i == 3 ? 7 : length).Select(k => Math.Sin(text.Length * (k + 1))).ToArray(),
        }),
        usage = new { prompt_tokens = 10, total_tokens = 10 },
    });

    /// <summary>What a judge of that taste says of the last request.</summary>
    private static string Word(FakeUpstream upstream, string prefers)
    {
        var body = upstream.Requests.Last().Body;
        var targetFirst = body.IndexOf("TARGET-TEXT", StringComparison.Ordinal) < body.IndexOf("SOURCE-TEXT", StringComparison.Ordinal);
        var choice = prefers switch
        {
            "target" => targetFirst ? "A" : "B",
            "source" => targetFirst ? "B" : "A",
            "first" => "A",
            "tie" => "tie",
            _ => null,
        };
        return choice is null ? "As a judge I like both A and B in their ways." : $"{{\\\"verdict\\\":\\\"{choice}\\\"}}";
    }
}

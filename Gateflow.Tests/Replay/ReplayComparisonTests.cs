using Gateflow.Core.Replay;
using static Gateflow.Core.Replay.ReplayRecommendation;

namespace Gateflow.Tests.Replay;

public sealed class ReplayComparisonTests
{
    [Fact]
    public async Task Compare_LikeAnswers_ProceedsAndSaysWhy()
    {
        var results = await CompareAsync(Pairs(40, i => Answer(i), i => Answer(i, other: true)));

        Assert.Equal(Proceed, results.Recommendation);
        Assert.Equal(40, results.RequestsTested);
        Assert.Equal(0, results.Missing);
        Assert.Empty(results.MissingReasons);
        Assert.InRange(results.QualityComparison.SemanticSimilarity!.Value, 0.5, 0.95);
        Assert.InRange(
            results.QualityComparison.SemanticSimilarity!.Value,
            results.QualityComparison.SemanticSimilarityInterval!.Low,
            results.QualityComparison.SemanticSimilarityInterval.High);
        Assert.Equal("lexical", results.QualityComparison.SimilarityMethod);
        Assert.Contains(results.Reasons, r => r.StartsWith("40 pairs were tested, 0 are missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compare_SameInput_GivesTheSameResults()
    {
        var pairs = Pairs(30, i => Answer(i), i => Answer(i, other: true));

        Assert.Equivalent(await CompareAsync(pairs), await CompareAsync(pairs), strict: true);
    }

    [Fact]
    public async Task Compare_FixedAnswer_DoesNotProceed()
    {
        var results = await CompareAsync(Pairs(40, i => Answer(i), _ => "I cannot help with that."));

        Assert.Equal(DoNotProceed, results.Recommendation);
        Assert.Contains(results.Reasons, r => r.StartsWith("100 % of the target's answers are one and the same text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compare_FixedAnswerInNewWords_DoesNotProceed()
    {
        var results = await CompareAsync(Pairs(40, i => Answer(i), i => $"Case {i * 7919}: the manual has the answer that you look for."));

        Assert.Equal(DoNotProceed, results.Recommendation);
        Assert.Contains(results.Reasons, r => r.Contains("hardly depend on the prompt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compare_FixedLabelOfAClassifier_DoesNotProceed()
    {
        var results = await CompareAsync(Pairs(60, i => $"label{i % 3}", _ => "label1"));

        Assert.Equal(DoNotProceed, results.Recommendation);
    }

    [Fact]
    public async Task Compare_ClassifiersThatAgree_Proceeds()
    {
        var results = await CompareAsync(Pairs(60, i => $"label{i % 3}", i => $"label{i % 3}"));

        Assert.Equal(Proceed, results.Recommendation);
        Assert.Equal(1, results.QualityComparison.SemanticSimilarity);
    }

    [Theory]
    [InlineData(19, Review)]
    [InlineData(20, Proceed)]
    public async Task Compare_FewPairs_IsReviewedAtBest(int pairs, ReplayRecommendation expected)
    {
        Assert.Equal(expected, (await CompareAsync(Pairs(pairs, i => Answer(i), i => Answer(i)))).Recommendation);
    }

    [Fact]
    public async Task Compare_NoPairs_HasNothingToCompare()
    {
        var results = await CompareAsync([], new NotRun(10, "the run was cancelled"));

        Assert.Equal(Review, results.Recommendation);
        Assert.Equal(["10 × the run was cancelled"], results.MissingReasons);
        Assert.Null(results.QualityComparison.SemanticSimilarity);
        Assert.Null(results.SourceModel.AvgLatencyMs);
    }

    [Theory]
    [InlineData(5, 0, Proceed)]
    [InlineData(6, 0, DoNotProceed)]
    [InlineData(11, 6, Proceed)]
    [InlineData(12, 6, DoNotProceed)]
    public async Task Compare_TargetErrors_MayExceedTheSourcesByFivePoints(int target, int source, ReplayRecommendation expected)
    {
        var pairs = Pairs(100, i => Answer(i), i => Answer(i))
            .Select((p, i) => p with
            {
                Target = i < target ? ReplayAnswer.Failed("HTTP 500") : p.Target,
                Source = i >= 100 - source ? ReplayAnswer.Failed("HTTP 503") : p.Source,
            });

        var results = await CompareAsync([.. pairs]);

        Assert.Equal(expected, results.Recommendation);
        Assert.Equal((source, target), (results.SourceModel.Errors, results.TargetModel.Errors));
        Assert.Equal(100 - source - target, results.RequestsTested);
        Assert.Contains($"{target} × target: HTTP 500", results.MissingReasons);
    }

    [Fact]
    public async Task Compare_OneErrorOfFew_IsNoVerdictAgainst()
    {
        var pairs = Pairs(10, i => Answer(i), i => i == 0 ? null : Answer(i));

        Assert.Equal(Review, (await CompareAsync(pairs)).Recommendation);
    }

    [Theory]
    [InlineData(25, Proceed)]
    [InlineData(26, Review)]
    public async Task Compare_Missing_MayBeAFifth(int notRun, ReplayRecommendation expected)
    {
        var results = await CompareAsync(Pairs(100, i => Answer(i), i => Answer(i)), new NotRun(notRun, "budget"));

        Assert.Equal(expected, results.Recommendation);
        Assert.Equal(notRun, results.Missing);
        Assert.Equal([$"{notRun} × budget"], results.MissingReasons);
    }

    [Fact]
    public async Task Compare_BothFailed_NamesBoth()
    {
        var results = await CompareAsync([.. Pairs(20, i => Answer(i), i => Answer(i)), new AnswerPair(ReplayAnswer.Failed("timeout"), ReplayAnswer.Failed("HTTP 404"))]);

        Assert.Equal(["1 × source: timeout, target: HTTP 404"], results.MissingReasons);
    }

    [Fact]
    public async Task Compare_EmptyAnswers_CountAgainstTheTarget()
    {
        var results = await CompareAsync(Pairs(50, i => Answer(i), i => i % 10 == 0 ? "" : Answer(i)));

        Assert.Equal(DoNotProceed, results.Recommendation);
        Assert.Contains("The target's answer was empty 5 of 50 times (10 %), the source's 0 of 50 times (0 %): more than 5 points above it.", results.Reasons);
    }

    [Fact]
    public async Task Compare_AnswersToOtherPrompts_CountAgainstTheTarget()
    {
        var results = await CompareAsync(Pairs(60, i => Answer(i), i => Answer(i % 2 == 0 ? i : i + 7)));

        Assert.Equal(DoNotProceed, results.Recommendation);
        Assert.Equal(0.5, results.QualityComparison.Unrelated);
    }

    [Theory]
    [InlineData(1, Proceed)]
    [InlineData(4, DoNotProceed)]
    public async Task Compare_JsonDemanded_MustBeGiven(int broken, ReplayRecommendation expected)
    {
        var pairs = Pairs(40, i => Json(i), i => i < broken ? $"Here you are:\n{Json(i)}" : Json(i)).Select(p => p with { JsonDemanded = true });

        var results = await CompareAsync([.. pairs]);

        Assert.Equal(expected, results.Recommendation);
        var quality = results.QualityComparison;
        Assert.Equal((40, 40, 40 - broken), (quality.JsonDemanded, quality.SourceJson, quality.TargetJson));
        Assert.Equal(1 - (broken / 40.0), quality.FormatMatch);
    }

    [Theory]
    [InlineData(2.0, 1.0, 1.0, Proceed)]
    [InlineData(2.1, 1.0, 1.0, Review)]
    [InlineData(1.0, 1.5, 1.0, Proceed)]
    [InlineData(1.0, 1.6, 1.0, Review)]
    [InlineData(1.0, 1.0, 3.0, Review)]
    public async Task Compare_SlowDearOrLong_IsReviewed(double latency, double cost, double length, ReplayRecommendation expected)
    {
        var pairs = Pairs(30, i => Answer(i), i => string.Join(' ', Enumerable.Repeat(Answer(i), (int)length)));
        var results = await CompareAsync([.. pairs.Select(p => p with
        {
            Source = p.Source with { LatencyMs = 100, Cost = 0.01m, OutputTokens = 20 },
            Target = p.Target with { LatencyMs = 100 * latency, Cost = 0.01m * (decimal)cost, OutputTokens = 30 },
        })]);

        Assert.Equal(expected, results.Recommendation);
        Assert.Equal((100, 0.01m, 20), (results.SourceModel.AvgLatencyMs, results.SourceModel.AvgCost, results.SourceModel.AvgOutputTokens));
        Assert.Equal((100 * latency, 0.01m * (decimal)cost, 30), (results.TargetModel.AvgLatencyMs, results.TargetModel.AvgCost, results.TargetModel.AvgOutputTokens));
        Assert.Equal(length, results.QualityComparison.OutputLengthRatio!.Value, 0.05);
    }

    [Fact]
    public async Task Compare_PriceUnknown_StaysUnknown()
    {
        Assert.Null((await CompareAsync(Pairs(20, i => Answer(i), i => Answer(i)))).TargetModel.AvgCost);
    }

    [Fact]
    public async Task Compare_Scores_StandAtTheirPairs()
    {
        var pairs = Pairs(3, i => Answer(i), i => i == 1 ? null : Answer(i));

        var result = await new ReplayComparison(new LexicalSimilarity()).CompareAsync(new ReplayInput { SourceModel = "old", TargetModel = "new", Pairs = pairs }, TestContext.Current.CancellationToken);

        Assert.Equal([1.0, null, 1.0], result.Similarities);
        Assert.Equal([true, null, true], result.FormatMatches);
    }

    private static async Task<ReplayResults> CompareAsync(IReadOnlyList<AnswerPair> pairs, params NotRun[] notRun) =>
        (await new ReplayComparison(new LexicalSimilarity()).CompareAsync(new ReplayInput { SourceModel = "old", TargetModel = "new", Pairs = pairs, NotRun = notRun }, TestContext.Current.CancellationToken)).Results;

    private static List<AnswerPair> Pairs(int count, Func<int, string> source, Func<int, string?> target) =>
        [.. Enumerable.Range(0, count).Select(i => new AnswerPair(
            new ReplayAnswer { Text = source(i) }, target(i) is { } text ? new ReplayAnswer { Text = text } : ReplayAnswer.Failed("HTTP 500")))];

    /// <summary>A text whose words belong to its number alone, but for a frame; the other form changes a quarter of them.</summary>
    private static string Answer(int number, bool other = false)
    {
        var words = Enumerable.Range(0, 16).Select(k => other && k % 4 == 0 ? Word(number, k + 100) : Word(number, k));
        return $"The answer is {string.Join(' ', words)}.";
    }

    private static string Word(int number, int place)
    {
        var random = new Random((number * 1000) + place);
        return new string([.. Enumerable.Range(0, 7).Select(_ => (char)('a' + random.Next(26)))]);
    }

    private static string Json(int number) => $$"""{"answer": "{{Answer(number)}}"}""";
}

using System.Text;
using Gateflow.Core.Replay;
using Gateflow.Core.Shadow;
using Gateflow.Gateway.Replay;
using static Gateflow.Core.Replay.ReplayRecommendation;

namespace Gateflow.Tests.Replay;

/// <summary>The rules about tools, refusals, length, noise floor, judge and people.</summary>
public sealed class ReplayRulesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, Proceed)]
    [InlineData(8, Review)]
    [InlineData(30, DoNotProceed)]
    public async Task Tools_OtherNames_CountAgainstTheTarget(int others, ReplayRecommendation expected)
    {
        var results = await CompareAsync([.. Enumerable.Range(0, 40).Select(i => new AnswerPair(Calls("look_up", i), Calls(i < others ? $"other_{i}" : "look_up", i)))]);

        Assert.Equal(expected, results.Recommendation);
        Assert.Equal(1 - (others / 40.0), results.QualityComparison.ToolCalls!.NameMatch);
    }

    [Theory]
    [InlineData(2, Proceed)]
    [InlineData(4, Review)]
    [InlineData(12, DoNotProceed)]
    public async Task Refusals_AboveTheSources_CountByTheirExcess(int refused, ReplayRecommendation expected)
    {
        var results = await CompareAsync(Pairs(40, i => (Answer(i), i < refused ? "I’m sorry, but I can’t help with " + Answer(i) : Answer(i))));

        Assert.Equal(expected, results.Recommendation);
        Assert.Equal((0, refused), (results.SourceModel.Refusals, results.TargetModel.Refusals));
    }

    [Theory]
    [InlineData(9, DoNotProceed)]
    [InlineData(4, Review)]
    [InlineData(1, Proceed)]
    public async Task Length_ManyTimesTheSources_IsNoSubstitute(int times, ReplayRecommendation expected)
    {
        var results = await CompareAsync(Pairs(40, i => (Answer(i), string.Join(' ', Enumerable.Repeat(Answer(i), times)))));

        Assert.Equal(expected, results.Recommendation);
    }

    [Theory]
    [InlineData(0, 1.0, Proceed)]
    [InlineData(2, 0.6, Proceed)]
    [InlineData(20, 0.6, Review)]
    [InlineData(40, 0.6, Review)]
    [InlineData(40, 0.3, DoNotProceed)]
    public async Task Truncated_MoreOftenThanTheSource_CountsByItsExcess(int cut, double part, ReplayRecommendation expected)
    {
        static string Whole(int i) => $"{Answer(i)} {Answer(i + 1000)}.";
        var results = await CompareAsync(Pairs(40, i => (Whole(i), i < cut ? Whole(i)[..(int)(Whole(i).Length * part)] : Whole(i))));

        Assert.Equal(expected, results.Recommendation);
        Assert.Equal((0, cut), (results.SourceModel.Truncated, results.TargetModel.Truncated));
        Assert.Equal(expected, results.Rules.SingleOrDefault(r => r.Name == "truncated")?.Says ?? Proceed);
    }

    [Fact]
    public async Task Truncated_ByTheSourceToo_IsNoDoubt()
    {
        var results = await CompareAsync(Pairs(40, i => (Answer(i), Answer(i))));

        Assert.Equal((40, 40, Proceed), (results.SourceModel.Truncated, results.TargetModel.Truncated, results.Recommendation));
    }

    [Theory]
    [InlineData("The parcel left the house on Monday and will reach you by Friday.", false)]
    [InlineData("The parcel left the house on Monday and will reach you by Fri", true)]
    [InlineData("The parcel left the house on Monday, the second one on Tuesday,", true)]
    [InlineData("The parcel left the house on Monday and will reach you soon! 📦", false)]
    [InlineData("Sort the list with the method that stands on it:\n```csharp\nlist.Sort();\n```", false)]
    [InlineData("Sort the list with the method that stands on it:\n```csharp\nlist.Sort();", true)]
    [InlineData("Paris", false)]
    [InlineData("", false)]
    public void Truncations_AreToldByTheEnd(string text, bool expected)
    {
        Assert.Equal(expected, Truncations.Is(new ReplayAnswer { Text = text }));
    }

    [Theory]
    [InlineData("length", true)]
    [InlineData("stop", false)]
    public void Truncations_OfTheApisOwnWord_AreRead(string reason, bool expected)
    {
        var answer = DirectRequest.ReadStored(Encoding.UTF8.GetBytes(
            $$$"""{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Yes."},"finish_reason":"{{{reason}}}"}]}"""));

        Assert.Equal(expected, answer!.Truncated);
    }

    [Fact]
    public async Task FixedLabel_OfASourceThatSeldomSaysAnother_DoesNotProceed()
    {
        var results = await CompareAsync(Pairs(60, i => (i % 12 == 0 ? "spam" : "fine", "fine")));

        Assert.Equal(DoNotProceed, results.Recommendation);
        Assert.Contains(results.Rules, r => r is { Name: "fixed_answer", Says: DoNotProceed });
    }

    [Fact]
    public async Task NoiseFloor_OfASourceUnlikeItself_LowersWhatIsAsked()
    {
        // A third of the words in common, with the target and with itself.
        static string Loose(int i, int variant) => string.Join(' ', Enumerable.Range(0, 18).Select(k => k % 3 == 0 ? Word(i, k) : Word(i, (variant * 100) + k)));
        var pairs = Pairs(60, i => (Loose(i, 1), Loose(i, 2)));

        var without = await CompareAsync(pairs);
        var with = await CompareAsync([.. pairs.Select((p, i) => p with { Again = new ReplayAnswer { Text = Loose(i, 3) } })]);

        Assert.Equal((DoNotProceed, Proceed), (without.Recommendation, with.Recommendation));
        Assert.Equal(60, with.NoiseFloor!.Pairs);
        Assert.Equal(with.QualityComparison.SemanticSimilarity!.Value, with.NoiseFloor.SemanticSimilarity!.Value, 0.03);
        Assert.Null(without.NoiseFloor);
    }

    [Theory]
    [InlineData(20, 10, 20, Proceed)]
    [InlineData(5, 25, 15, Review)]
    [InlineData(2, 40, 30, DoNotProceed)]
    public async Task Judge_SurelyAgainstTheTarget_Counts(int wins, int ties, int losses, ReplayRecommendation expected)
    {
        var judge = new JudgeResults { Model = "j", Wins = wins, Ties = ties, Losses = losses };

        Assert.Equal(expected, (await CompareAsync(Pairs(60, i => (Answer(i), Answer(i))), judge)).Recommendation);
    }

    [Fact]
    public async Task Ratings_FeedTheVerdict()
    {
        var good = await CompareAsync(Pairs(40, i => (Answer(i), Answer(i))));
        var far = await CompareAsync(Pairs(60, i => (Answer(i), string.Join(' ', Enumerable.Range(0, 16).Select(k => k < 6 ? Word(i, k) : Word(i, k + 100))))));

        Assert.Equal(Review, good.With(new Opinions(0, 0, 1)).Recommendation);
        Assert.Equal(DoNotProceed, good.With(new Opinions(0, 1, 6)).Recommendation);
        Assert.Equal(Proceed, good.With(new Opinions(0, 1, 6)).With(null).Recommendation);
        Assert.Equal(Review, far.Recommendation);
        Assert.Equal(Review, far.With(new Opinions(3, 15, 1)).Recommendation);
        Assert.Equal(Proceed, far.With(new Opinions(3, 15, 2)).Recommendation);
    }

    [Fact]
    public async Task Differences_OfTimeAndMoney_ArePairedWithIntervals()
    {
        var pairs = Pairs(40, i => (Answer(i), Answer(i))).Select((p, i) => p with
        {
            Source = p.Source with { LatencyMs = 100 + i, Cost = 0.01m }, Target = p.Target with { LatencyMs = 150 + i, Cost = i == 0 ? null : 0.005m },
        });

        var differences = (await CompareAsync([.. pairs])).Differences!;

        Assert.Equal((50, new Interval(50, 50)), (differences.LatencyMs, differences.LatencyMsInterval));
        Assert.Equal((-0.005, 0.5), (differences.Cost, differences.CostRatio));
        Assert.InRange(differences.LatencyRatio!.Value, differences.LatencyRatioInterval!.Low, differences.LatencyRatioInterval.High);
    }

    [Theory]
    [InlineData("I'm sorry, but I can't assist with that.", true)]
    [InlineData("I cannot provide medical advice.", true)]
    [InlineData("Es tut mir leid, aber ich kann dabei nicht helfen.", true)]
    [InlineData("Lo siento, no puedo ayudarte con eso.", true)]
    [InlineData("Sorry for the wait! Your parcel arrives tomorrow.", false)]
    [InlineData("Paris. I can't think of a better answer.", false)]
    [InlineData("", false)]
    public void Refusals_AreToldByTheirBeginning(string text, bool expected)
    {
        Assert.Equal(expected, Refusals.Is(new ReplayAnswer { Text = text }));
    }

    /// <summary>An interval over a handful of pairs looks sure and is not.</summary>
    [Theory]
    [InlineData(1, Review)]
    [InlineData(4, Review)]
    [InlineData(19, Review)]
    [InlineData(20, DoNotProceed)]
    public async Task FewPairs_ThatDifferAltogether_AreReviewed(int pairs, ReplayRecommendation expected)
    {
        var unlike = await CompareAsync(Pairs(pairs, i => (Answer(i), Answer(i + 500))));
        var longer = await CompareAsync(Pairs(pairs, i => (Answer(i), string.Join(' ', Enumerable.Repeat(Answer(i), 9)))));
        var cut = await CompareAsync(Pairs(pairs, i => ($"{Answer(i)} {Answer(i + 1000)}.", Answer(i)[..76])));

        Assert.All((string[])["similarity", "unrelated"], name => Assert.Equal(expected, unlike.Rules.Single(r => r.Name == name).Says));
        Assert.Equal(expected, longer.Rules.Single(r => r.Name == "length").Says);
        Assert.Equal(expected, cut.Rules.Single(r => r.Name == "truncated").Says);
    }

    /// <summary>A call of a tool is an answer that JSON mode allows: the rule about tools is the one that compares it.</summary>
    [Fact]
    public async Task JsonDemanded_AnsweredByAToolCall_IsNoBrokenJson()
    {
        var pairs = Enumerable.Range(0, 40).Select(i => i < 10
            ? new AnswerPair(new ReplayAnswer { Text = "{\"a\":1}" }, Calls("look_up", i), true)
            : new AnswerPair(new ReplayAnswer { Text = $"{{\"a\":{i}}}" }, new ReplayAnswer { Text = $"{{\"a\":{i}}}" }, true));

        var results = await CompareAsync([.. pairs]);

        Assert.Equal((30, 30, 30), (results.QualityComparison.JsonDemanded, results.QualityComparison.SourceJson, results.QualityComparison.TargetJson));
        Assert.DoesNotContain(results.Rules, r => r.Name == "json");
        Assert.Contains(results.Rules, r => r.Name == "tool_names");
    }

    private static async Task<ReplayResults> CompareAsync(IReadOnlyList<AnswerPair> pairs, JudgeResults? judge = null) =>
        (await new ReplayComparison(new LexicalSimilarity()).CompareAsync(
            new ReplayInput { SourceModel = "old", TargetModel = "new", Pairs = pairs, Judge = judge }, Token)).Results;

    private static List<AnswerPair> Pairs(int count, Func<int, (string Source, string Target)> texts) =>
        [.. Enumerable.Range(0, count).Select(texts).Select(t => new AnswerPair(new ReplayAnswer { Text = t.Source }, new ReplayAnswer { Text = t.Target }))];

    private static ReplayAnswer Calls(string name, int number) => new()
    {
        Text = $"{name} {number}", CallsTools = true, Calls = [new ShadowCall(name, $$"""{"order":{{number}}}""")],
    };

    private static string Answer(int number) => string.Join(' ', Enumerable.Range(0, 16).Select(k => Word(number, k)));

    private static string Word(int number, int place)
    {
        var random = new Random((number * 1000) + place);
        return new string([.. Enumerable.Range(0, 7).Select(_ => (char)('a' + random.Next(26)))]);
    }
}

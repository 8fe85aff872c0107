using Gateflow.Core.Catalog;
using Gateflow.Core.Replay;

namespace Gateflow.Tests.Replay;

public sealed class ReplaySamplingTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private int _next;

    [Fact]
    public void Choose_FewerThanAsked_TakesAllOnce()
    {
        var candidates = Many(7);

        var chosen = ReplaySampling.Choose(candidates, 100, 1);

        Assert.Equal(candidates.Select(c => c.Id).Order(), chosen.Select(c => c.Id).Order());
    }

    [Fact]
    public void Choose_EqualQuestions_TakesOne()
    {
        var first = Create();

        var chosen = ReplaySampling.Choose([first, first with { Id = "other", BodyHash = [1] }, Create()], 10, 1);

        Assert.Equal(2, chosen.Count);
    }

    [Fact]
    public void Choose_OneStratum_TakesTheNewest()
    {
        var candidates = Many(50);

        var chosen = ReplaySampling.Choose(candidates, 10, 1);

        Assert.Equal(candidates.OrderByDescending(c => c.At).Take(10).Select(c => c.Id), chosen.Select(c => c.Id));
    }

    [Fact]
    public void Choose_SeveralStrata_SharesInProportionAndForgetsNone()
    {
        ReplayCandidate[] candidates =
        [
            .. Many(800, "chat"), .. Many(150, "search"), .. Many(45, "chat", tokens: 9000), .. Many(5, "chat", capabilities: Capabilities.FunctionCalling),
        ];

        var chosen = ReplaySampling.Choose(candidates, 100, 1);

        Assert.Equal(100, chosen.Count);
        Assert.InRange(chosen.Count(c => c is { Feature: "chat", InputTokens: < 1000, Capabilities: Capabilities.Chat }), 78, 82);
        Assert.InRange(chosen.Count(c => c.Feature == "search"), 14, 16);
        Assert.InRange(chosen.Count(c => c.InputTokens == 9000), 4, 5);
        Assert.Equal(1, chosen.Count(c => c.Capabilities == Capabilities.FunctionCalling));
    }

    [Fact]
    public void Choose_SeveralStrata_BeginsWithOneOfEach()
    {
        ReplayCandidate[] candidates = [.. Many(80, "a"), .. Many(10, "b"), .. Many(10, "c")];

        var chosen = ReplaySampling.Choose(candidates, 20, 1);

        Assert.Equal(["a", "b", "c"], chosen.Take(3).Select(c => c.Feature).Order());
    }

    [Fact]
    public void Choose_MoreStrataThanSlots_TakesTheLargest()
    {
        ReplayCandidate[] candidates = [.. Many(3, "a"), .. Many(1, "b"), .. Many(2, "c")];

        var chosen = ReplaySampling.Choose(candidates, 2, 1);

        Assert.Equal(["a", "c"], chosen.Select(c => c.Feature));
    }

    [Fact]
    public void Choose_ParametersOnly_MakeNoStrata()
    {
        ReplayCandidate[] candidates = [.. Many(5, capabilities: Capabilities.Temperature), .. Many(5, capabilities: Capabilities.Seed | Capabilities.Streaming)];

        var chosen = ReplaySampling.Choose(candidates, 5, 1);

        Assert.All(chosen, c => Assert.Equal(Capabilities.Seed | Capabilities.Streaming, c.Capabilities));
    }

    [Fact]
    public void Choose_AnyOrderSameSeed_GivesTheSameList()
    {
        ReplayCandidate[] candidates = [.. Many(9, "a"), .. Many(9, "b"), .. Many(9, "c")];

        var chosen = ReplaySampling.Choose(candidates, 10, 7);
        var again = ReplaySampling.Choose(candidates.Reverse(), 10, 7);

        Assert.Equal(chosen.Select(c => c.Id), again.Select(c => c.Id));
    }

    private List<ReplayCandidate> Many(int count, string? feature = null, int tokens = 100, Capabilities capabilities = Capabilities.Chat) =>
        [.. Enumerable.Range(0, count).Select(_ => Create(feature, tokens, capabilities))];

    private ReplayCandidate Create(string? feature = null, int tokens = 100, Capabilities capabilities = Capabilities.Chat)
    {
        var number = _next++;
        return new ReplayCandidate($"smp_{number:D5}", Start.AddMinutes(number), feature, capabilities, tokens, 50, BitConverter.GetBytes(number), BitConverter.GetBytes(number));
    }
}

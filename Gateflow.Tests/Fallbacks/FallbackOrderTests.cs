using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Fallbacks;

public sealed class FallbackOrderTests
{
    private static readonly FallbackRoute Chain = FallbackRoute.Of(["b", "c"]);

    private static readonly Place[] List =
    [
        new("t", "one", CandidateRole.Target), new("t", "two", CandidateRole.Target),
        new("a", "one", CandidateRole.Own), new("a", "two", CandidateRole.Own),
        new("b", "two", CandidateRole.Chain), new("c", "three", CandidateRole.Chain),
    ];

    [Theory]
    [InlineData(AttemptResult.ServerError, 1)]
    [InlineData(AttemptResult.Unauthorized, 1)]
    [InlineData(AttemptResult.CircuitOpen, 1)]
    [InlineData(AttemptResult.ModelNotFound, 1)]
    [InlineData(AttemptResult.RateLimited, 1)]
    [InlineData(AttemptResult.BadRequest, 2)]
    [InlineData(AttemptResult.PolicyRefusal, 2)]
    public void Next_TargetFails_ItsOtherProviderOnlyForProvidersTroubleElseTheSource(AttemptResult result, int expected) =>
        Assert.Equal(expected, FallbackOrder.Next(List, 0, result, Chain));

    [Theory]
    [InlineData(AttemptResult.ServerError)]
    [InlineData(AttemptResult.BadRequest)]
    [InlineData(AttemptResult.Unauthorized)]
    [InlineData(AttemptResult.PolicyRefusal)]
    public void Next_LastTargetFails_SourceWhateverItWas(AttemptResult result) => Assert.Equal(2, FallbackOrder.Next(List, 1, result, null));

    [Theory]
    [InlineData(AttemptResult.ServerError, 4)]
    [InlineData(AttemptResult.ConnectionFailed, 4)]
    [InlineData(AttemptResult.Timeout, 4)]
    [InlineData(AttemptResult.ModelNotFound, 4)]
    [InlineData(AttemptResult.CircuitOpen, 4)]
    [InlineData(AttemptResult.RateLimited, 4)]
    [InlineData(AttemptResult.BadRequest, -1)]
    [InlineData(AttemptResult.Unauthorized, -1)]
    [InlineData(AttemptResult.PolicyRefusal, -1)]
    [InlineData(AttemptResult.BrokenStream, -1)]
    [InlineData(AttemptResult.ClientCancelled, -1)]
    public void Next_OwnModelFails_ChainOnlyForItsReasons(AttemptResult result, int expected) =>
        Assert.Equal(expected, FallbackOrder.Next(List, 3, result, Chain));

    [Theory]
    [InlineData(AttemptResult.BadRequest)]
    [InlineData(AttemptResult.Unauthorized)]
    public void Next_ChainsModelRefuses_EndsToo(AttemptResult result) => Assert.Equal(-1, FallbackOrder.Next(List, 4, result, Chain));

    [Fact]
    public void Next_NotATrigger_Ends()
    {
        var onlyTimeouts = new FallbackRoute { Models = ["b", "c"], Triggers = [FallbackReason.Timeout] };

        Assert.Equal(4, FallbackOrder.Next(List, 3, AttemptResult.Timeout, onlyTimeouts));
        Assert.Equal(-1, FallbackOrder.Next(List, 3, AttemptResult.ServerError, onlyTimeouts));
        Assert.Equal(-1, FallbackOrder.Next(List, 3, AttemptResult.Timeout, null));
    }

    [Fact]
    public void LimitedLast_ChainsModelsAtThatProvider_ComeLastInTheirOrder()
    {
        Place[] list =
        [
            new("a", "one", CandidateRole.Own), new("a", "two", CandidateRole.Own), new("b", "one", CandidateRole.Chain),
            new("c", "two", CandidateRole.Chain), new("d", "one", CandidateRole.Chain), new("e", "three", CandidateRole.Chain),
        ];

        Assert.Equal(["a", "a", "c", "e", "b", "d"], FallbackOrder.LimitedLast(list, 0).Select(c => c.Model));
        Assert.Equal(list, FallbackOrder.LimitedLast(list, 5));
    }

    [Fact]
    public void OfChain_EveryResult_NeverListHasNoReason()
    {
        var never = Enum.GetValues<AttemptResult>().Where(r => FallbackReasons.OfChain(r) is null).ToHashSet();

        Assert.Equal(
            [AttemptResult.NotAsked, AttemptResult.Ok, AttemptResult.BadRequest, AttemptResult.Unauthorized, AttemptResult.PolicyRefusal, AttemptResult.BrokenStream, AttemptResult.ClientCancelled, AttemptResult.GatewayStopped],
            never);
    }

    private sealed record Place(string Model, string Provider, CandidateRole Role) : ICandidate;
}

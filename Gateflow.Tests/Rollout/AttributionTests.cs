using Gateflow.Core.Rollout;
using static Gateflow.Core.Rollout.AttemptResult;
using static Gateflow.Core.Rollout.OutcomeKind;

namespace Gateflow.Tests.Rollout;

public sealed class AttributionTests
{
    private static readonly AttemptResult[] All = Enum.GetValues<AttemptResult>();

    /// <summary>Rows: what the target did. Columns: what the source did, in the order of the enum. The whole target arm.</summary>
    private static readonly Dictionary<AttemptResult, string> TargetArm = new()
    {
        // S success · T target's failure · O outage of both · F client's fault · C client hung up · R rate limited · P policy · B broken off
        //                   NotAsked Ok BadRequest Unauthorized ModelNotFound RateLimited ServerError Timeout Connection Circuit Policy Broken Cancelled Stopped
        [NotAsked] =         "O        T  F          O            O             R           O           O       O          O       P      O      C      C",
        [Ok] =               "S        S  S          S            S             S           S           S       S          S       S      S      S      S",
        [BadRequest] =       "F        T  F          O            O             O           O           O       O          O       O      O      C      C",
        [Unauthorized] =     "T        T  O          F            O             O           O           O       O          O       O      O      C      C",
        [ModelNotFound] =    "T        T  O          O            F             O           O           O       O          O       O      O      C      C",
        [AttemptResult.RateLimited] = "T        T  O          O            O             R           O           O       O          O       O      O      C      C",
        [ServerError] =      "T        T  O          O            O             O           O           O       O          O       O      O      C      C",
        [AttemptResult.Timeout] = "T        T  O          O            O             O           O           O       O          O       O      O      C      C",
        [ConnectionFailed] = "T        T  O          O            O             O           O           O       O          O       O      O      C      C",
        [CircuitOpen] =      "T        T  O          O            O             O           O           O       O          O       O      O      C      C",
        [PolicyRefusal] =    "P        T  O          O            O             O           O           O       O          O       P      O      C      C",
        [AttemptResult.BrokenStream] = "B        B  B          B            B             B           B           B       B          B       B      B      B      B",
        [ClientCancelled] =  "C        C  C          C            C             C           C           C       C          C       C      C      C      C",
        [GatewayStopped] =   "C        C  C          C            C             C           C           C       C          C       C      C      C      C",
    };

    private static readonly Dictionary<char, OutcomeKind> Letters = new()
    {
        ['S'] = Success, ['T'] = TargetFailure, ['O'] = OutageBoth, ['F'] = ClientFault, ['C'] = ClientCancel,
        ['R'] = OutcomeKind.RateLimited, ['P'] = Policy, ['B'] = OutcomeKind.BrokenStream,
    };

    [Fact]
    public void Classify_TargetArm_EveryPairAsTabled()
    {
        Assert.Equal(All.Length, TargetArm.Count);
        Assert.All(All, target =>
        {
            var row = TargetArm[target].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(x => Letters[x[0]]).ToList();
            Assert.Equal(row, All.Select(source => Attribution.Classify(Arm.Target, target, source)));
        });
    }

    [Theory]
    [InlineData(NotAsked, SourceFailure)]
    [InlineData(Ok, Success)]
    [InlineData(BadRequest, ClientFault)]
    [InlineData(Unauthorized, SourceFailure)]
    [InlineData(ModelNotFound, SourceFailure)]
    [InlineData(AttemptResult.RateLimited, OutcomeKind.RateLimited)]
    [InlineData(ServerError, SourceFailure)]
    [InlineData(AttemptResult.Timeout, SourceFailure)]
    [InlineData(ConnectionFailed, SourceFailure)]
    [InlineData(CircuitOpen, SourceFailure)]
    [InlineData(PolicyRefusal, Policy)]
    [InlineData(AttemptResult.BrokenStream, OutcomeKind.BrokenStream)]
    [InlineData(ClientCancelled, ClientCancel)]
    [InlineData(GatewayStopped, ClientCancel)]
    public void Classify_SourceArm_TheTargetDoesNotMatter(AttemptResult source, OutcomeKind expected) =>
        Assert.All(All, target => Assert.Equal(expected, Attribution.Classify(Arm.Source, target, source)));

    [Fact]
    public void Classify_NoArm_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Attribution.Classify(Arm.None, Ok, NotAsked));
}

using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Tests.Live;

public sealed class ActionWordsTests
{
    [Theory]
    [InlineData(MigrationStatus.Paused, "advance", true)]
    [InlineData(MigrationStatus.Paused, "promote", true)]
    [InlineData(MigrationStatus.InProgress, "advance", false)]
    public void StepByHand_OfAPausedOne_SaysThatThePauseEnds(MigrationStatus status, string verb, bool says)
    {
        var action = Assert.Single(ActionWords.Of(Of(status, verb)));

        Assert.Equal(says, action.Confirm.Facts.Any(f => f.StartsWith("The pause ends", StringComparison.Ordinal)));
    }

    [Fact]
    public void Complete_WhereTheSourceStoodIn_SaysThatItDoesNoLonger()
    {
        var soaking = Of(MigrationStatus.Soaking, "advance");

        Assert.Empty(Assert.Single(ActionWords.Of(soaking)).Confirm.Facts);
        var fact = Assert.Single(Assert.Single(ActionWords.Of(soaking with { Metrics = new MetricsView { Fallbacks = 3 } })).Confirm.Facts);
        Assert.StartsWith("3 requests that gpt-4o did not answer were answered by gpt-4.", fact.Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public void StartNow_OfAShadow_TellsOfCopiesAndTheirCost() =>
        Assert.Contains("100 % of the requests for gpt-4 are copied to gpt-4o", Assert.Single(ActionWords.Of(Of(MigrationStatus.Scheduled, "execute"))).Confirm.Consequence.Replace('\u00a0', ' '), StringComparison.Ordinal);

    [Theory]
    [InlineData("shadow_done", "The copies end, and 100 % of the requests for gpt-4 go to gpt-4o from the next request on.")]
    [InlineData(null, "The rollout goes on at 0 %. The step to 100 % follows once its time is over and the evidence suffices.")]
    public void Resume_AfterAShadowPhase_SaysThatTheNextStepBeginsAtOnce(string? held, string says)
    {
        var migration = new MigrationView
        {
            MigrationId = "mig_1", Status = MigrationStatus.Paused, SourceModel = "gpt-4", TargetModel = "gpt-4o", CreatedAt = default, CreatedBy = "Ada",
            Progress = new ProgressView { TrafficOnTarget = 0, Step = 1, Steps = 2, HoldReason = held }, Metrics = new MetricsView(), Verdicts = [], Sentence = "",
            AllowedActions = ["resume"], Steps = [new RolloutStep { Weight = 0, Mirror = 100 }, new RolloutStep { Weight = 100 }],
        };

        var resume = Assert.Single(ActionWords.Of(migration));

        Assert.Equal(says, resume.Confirm.Consequence.Replace('\u00a0', ' '));
    }

    private static MigrationView Of(MigrationStatus status, string verb) => new()
    {
        MigrationId = "mig_1", Status = status, SourceModel = "gpt-4", TargetModel = "gpt-4o", CreatedAt = default, CreatedBy = "Ada",
        Progress = new ProgressView { TrafficOnTarget = 0, Step = 1, Steps = 2 }, Metrics = new MetricsView(), Verdicts = [], Sentence = "",
        AllowedActions = [verb], Steps = [new RolloutStep { Weight = 0, Mirror = 100 }, new RolloutStep { Weight = 100 }],
    };
}

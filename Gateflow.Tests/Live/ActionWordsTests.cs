using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Tests.Live;

public sealed class ActionWordsTests
{
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
}

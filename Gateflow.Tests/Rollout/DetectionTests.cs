using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

/// <summary>What a rollback tells of its detection: from when the evidence rose to the breach.</summary>
public sealed class DetectionTests
{
    [Fact]
    public void Save_StrayFailureLongBeforeTheTargetDied_DetectionBeginsWithItsDeath()
    {
        var judge = CreateJudge(alpha: OneOfThree);
        judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: 5_000));
        for (var i = 1; i <= 1_000; i++)
        {
            judge.Fold(Outcome(unit: (ulong)i, seconds: i));
        }

        judge = new MigrationJudge(CreateConfig(alpha: OneOfThree), judge.Save());
        for (var i = 2_000; judge.Breach is null; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: (ulong)i, seconds: i));
        }

        var state = judge.Save();
        Assert.Equal((1_001, Outcome(seconds: 2_000).AtTicks), (state.OutcomesBeforeFailure, state.FirstFailureTicks));
        Assert.InRange(state.StepTargetOutcomes - state.OutcomesBeforeFailure, 3, 8);
        Assert.Equal(state.FirstFailureTicks, new MigrationJudge(CreateConfig(alpha: OneOfThree), state).Save().FirstFailureTicks);
    }

    [Fact]
    public void Save_QualityFellWhereAnErrorWasFirst_DetectionIsOfTheQuality()
    {
        var judge = CreateJudge(quality: 0.1);
        judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: 1, seconds: 0));
        for (var i = 1; judge.Breach is null; i++)
        {
            judge.Fold(Outcome(Arm.Source, unit: (ulong)i, seconds: i, quality: 0.9));
            judge.Fold(Outcome(unit: (ulong)i, seconds: i, quality: i > 100 ? 0.2 : 0.9));
        }

        Assert.Equal(GuardrailKind.QualityScoreDrop, judge.Breach.Guardrail);
        Assert.InRange(judge.Save().FirstFailureTicks!.Value, Outcome(seconds: 101).AtTicks, Outcome(seconds: 102).AtTicks);
    }

    [Fact]
    public void BeginStep_WhileTheEvidenceRises_CountsTheStepsOwnOutcomes()
    {
        var judge = CreateJudge();
        judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: 1));
        judge.BeginStep(1, 60);
        for (var i = 2; judge.Breach is null; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: (ulong)i, seconds: i));
        }

        var state = judge.Save();
        Assert.Equal((0L, Outcome().AtTicks), (state.OutcomesBeforeFailure, state.FirstFailureTicks));
        Assert.True(state.StepTargetOutcomes > 0);
    }
}

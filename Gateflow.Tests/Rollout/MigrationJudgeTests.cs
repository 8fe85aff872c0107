using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

public sealed class MigrationJudgeTests
{
    [Fact]
    public void Fold_DeadTarget_BreachWithinFiveRequestsAndFinal()
    {
        var judge = CreateJudge(alpha: OneOfThree);
        for (var i = 0; judge.Breach is null; i++)
        {
            Assert.InRange(i, 0, 4);
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: (ulong)i));
        }

        var breach = judge.Breach;
        for (var i = 0; i < 2_000; i++)
        {
            judge.Fold(Outcome(unit: (ulong)i));
        }

        Assert.Equal(Verdict.Breach, breach.Verdict);
        Assert.True(breach.Evidence >= breach.Threshold);
        Assert.Same(breach, judge.Breach);
        Assert.Same(breach, Assert.Single(judge.Read()));
    }

    [Fact]
    public void Fold_OneClientInARetryLoop_NoBreachAlone()
    {
        var judge = CreateJudge();

        // Ten a second for an hour: one in 10 s counts, and one unit is one witness.
        for (var i = 0; i < 36_000; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: 7, seconds: i * 0.1));
        }

        Assert.Null(judge.Breach);
        Assert.Equal(360, judge.StepTargetOutcomes);
        Assert.Equal(1, judge.DistinctFailingUnits);
        var reading = Assert.Single(judge.Read());
        Assert.Equal(Verdict.Watch, reading.Verdict);
        Assert.Contains("one unit", reading.Detail, StringComparison.Ordinal);

        judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: 8, seconds: 3_600));
        Assert.Equal(GuardrailKind.ErrorRate, judge.Breach?.Guardrail);
    }

    [Fact]
    public void Fold_OutageOnBothArms_NeverBreachesButHolds()
    {
        var judge = CreateJudge();
        for (var i = 0; i < 5_000; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.OutageBoth, unit: (ulong)i));
            judge.Fold(Outcome(Arm.Source, OutcomeKind.SourceFailure, (ulong)i));
        }

        Assert.Null(judge.Breach);
        Assert.True(judge.OutageHold);
        Assert.Equal(0, judge.StepTargetOutcomes);
        Assert.Equal(5_000, judge.Count(Arm.Target, OutcomeKind.OutageBoth));
        Assert.Equal(Verdict.NotEnoughData, Assert.Single(judge.Read()).Verdict);
    }

    [Theory]
    [InlineData(2, 0, false)]
    [InlineData(3, 0, true)]
    [InlineData(3, 26, true)]
    [InlineData(3, 27, false)]
    [InlineData(5, 44, true)]
    [InlineData(5, 45, false)]
    [InlineData(6, 44, true)]
    [InlineData(6, 45, false)]
    public void OutageHold_CasesAmongTheLastFifty_MoreThanATenthAndAtLeastThree(int cases, int successesAfter, bool holds)
    {
        var judge = CreateJudge();
        OutcomeKind[] kinds = [OutcomeKind.OutageBoth, OutcomeKind.ClientFault, OutcomeKind.RateLimited, OutcomeKind.Policy];
        for (var i = 0; i < cases; i++)
        {
            judge.Fold(Outcome(kind: kinds[i % kinds.Length], unit: (ulong)i));
        }

        for (var i = 0; i < successesAfter; i++)
        {
            judge.Fold(Outcome());
        }

        Assert.Equal(holds, judge.OutageHold);
    }

    [Fact]
    public void OutageCases_ByKind_AlsoAfterARestartAndGoneWithTheirHour()
    {
        var (judge, restored) = (CreateJudge(), CreateJudge());
        OutcomeKind[] kinds = [.. Enumerable.Repeat(OutcomeKind.OutageBoth, 4), .. Enumerable.Repeat(OutcomeKind.RateLimited, 3), .. Enumerable.Repeat(OutcomeKind.ClientFault, 2), OutcomeKind.Policy];
        foreach (var (i, kind) in kinds.Index())
        {
            judge.Fold(Outcome(kind: kind, unit: (ulong)i));
        }

        restored.Restore(judge.Save());

        Assert.Equal((new OutageCases(4, 3, 2, 1), new OutageCases(4, 3, 2, 1)), (judge.OutageCases, restored.OutageCases));
        restored.Fold(Outcome(seconds: 3_601));
        Assert.Equal(default, restored.OutageCases);
    }

    // A node that is updated goes on with what an older one stored.
    [Fact]
    public void OutageCases_StateThatTellsOfLimitsOnly_CountsTheRestAsFailed()
    {
        var (judge, restored) = (CreateJudge(), CreateJudge());
        judge.Fold(Outcome(kind: OutcomeKind.RateLimited, unit: 1));
        judge.Fold(Outcome(kind: OutcomeKind.Policy, unit: 2));

        restored.Restore(judge.Save() with { RefusedOutages = null, PolicyOutages = null });

        Assert.Equal(new OutageCases(1, 1, 0, 0), restored.OutageCases);
    }

    [Fact]
    public void Fold_CallersHangUp_NothingCounted()
    {
        var judge = CreateJudge();
        judge.Fold(Outcome(kind: OutcomeKind.ClientCancel));
        judge.Fold(Outcome(Arm.None));

        Assert.Equal(0, judge.StepTargetSeen);
        Assert.Equal(1, judge.Sequence);
        Assert.Equal(1, judge.Count(Arm.Target, OutcomeKind.ClientCancel));
        Assert.Equal(1, Assert.Single(judge.Read()).Evidence);
    }

    [Fact]
    public void Fold_BrokenStream_CountsAgainstTheTarget()
    {
        var judge = CreateJudge();
        judge.Fold(Outcome(kind: OutcomeKind.BrokenStream, unit: 1));
        Assert.Null(Assert.Single(judge.Read()).Observed); // the source's may be on their way

        judge.Fold(Outcome(Arm.Source, seconds: 5));
        Assert.Equal(1, Assert.Single(judge.Read()).Observed);
    }

    [Fact]
    public void Elapse_NoOutcomeFollows_BrokenStreamIsJudgedAfterFiveSeconds()
    {
        var (judge, broken) = (CreateJudge(), Outcome(kind: OutcomeKind.BrokenStream));
        judge.Fold(broken);

        judge.Elapse(broken.AtTicks + TimeSpan.FromSeconds(4.9).Ticks);
        Assert.Null(Assert.Single(judge.Read()).Observed);

        judge.Elapse(broken.AtTicks + TimeSpan.FromSeconds(5).Ticks);
        Assert.Equal(1, Assert.Single(judge.Read()).Observed);
        Assert.Equal(1, judge.StepTargetOutcomes);
    }

    [Fact]
    public void Read_AlphaAndThreeGuardrails_SplitEqually()
    {
        var readings = CreateJudge(latency: 2, quality: 0.1).Read();

        Assert.Equal([GuardrailKind.ErrorRate, GuardrailKind.LatencyP99Increase, GuardrailKind.QualityScoreDrop], readings.Select(x => x.Guardrail));
        Assert.All(readings, x => Assert.Equal(300, x.Threshold, 6));
        Assert.All(readings, x => Assert.Equal(Math.Sqrt(300), x.WatchAt, 6));
        Assert.Equal(100, Assert.Single(CreateJudge().Read()).Threshold, 6);
        Assert.Empty(CreateJudge(error: null).Read());
    }

    [Fact]
    public void Read_ErrorRateAlongAMigration_VerdictsInTheirOrder()
    {
        var judge = CreateJudge(alpha: OneOfThree);
        Verdict Now() => Assert.Single(judge.Read()).Verdict;
        void Fold(int n, OutcomeKind kind = OutcomeKind.Success)
        {
            for (var i = 0; i < n; i++)
            {
                judge.Fold(Outcome(kind: kind, unit: (ulong)judge.Sequence));
            }
        }

        Assert.Equal(Verdict.NoTraffic, Now());
        Fold(19);
        Assert.Equal(Verdict.NotEnoughData, Now());
        Assert.Equal(1, Assert.Single(judge.Read()).Needed);
        Fold(1);
        Assert.Equal(Verdict.Healthy, Now());

        // Watch is entered at √300 and left below half of it only.
        while (Now() != Verdict.Watch)
        {
            Fold(1, OutcomeKind.TargetFailure);
        }

        var entered = Assert.Single(judge.Read()).Evidence;
        Assert.InRange(entered, Math.Sqrt(300), 300);
        var lowest = entered;
        while (Now() == Verdict.Watch)
        {
            lowest = Assert.Single(judge.Read()).Evidence;
            Fold(1);
        }

        Assert.InRange(lowest, Math.Sqrt(300) / 2, Math.Sqrt(300));
        Assert.Equal(Verdict.Healthy, Now());

        judge.BeginStep(1, 60);
        Assert.Equal(Verdict.NoTraffic, Now());
        Assert.True(Assert.Single(judge.Read()).Judged);
    }

    [Fact]
    public void Read_LatencyAboveNinetyPercent_NotJudgedAndBlocksNothing()
    {
        var judge = CreateJudge(error: null, latency: 2, weight: 50);
        for (var i = 0; i < 400; i++)
        {
            judge.Fold(Outcome(Arm.Source, latency: 100 + i));
            judge.Fold(Outcome(latency: 120 + i));
        }

        var before = Assert.Single(judge.Read());
        Assert.True(before.Judged && before.BlocksAdvance);
        Assert.Equal(Verdict.Healthy, before.Verdict);
        Assert.InRange(before.Observed!.Value, 1.0, 1.1);

        judge.BeginStep(1, 95);
        judge.Fold(Outcome(latency: 120));
        var after = Assert.Single(judge.Read());
        Assert.False(after.Judged || after.BlocksAdvance);
        Assert.Equal(Verdict.NotEnoughData, after.Verdict);
        Assert.Contains("90 %", after.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Fold_TargetTimesOut_LatencyBreachesOnceTwoUnitsDo()
    {
        var judge = CreateJudge(error: null, latency: 2);
        for (var i = 0; i < 300; i++)
        {
            judge.Fold(Outcome(Arm.Source, latency: 100));
            judge.Fold(Outcome(latency: 100));
        }

        for (var i = 0; i < 60; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: 1, seconds: i * 10, timedOut: true));
        }

        Assert.Null(judge.Breach);
        judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: 2, seconds: 600, timedOut: true));
        Assert.Equal(GuardrailKind.LatencyP99Increase, judge.Breach?.Guardrail);
    }

    [Fact]
    public void FoldScore_LateScoresOfAWorseTarget_Breach()
    {
        var judge = CreateJudge(error: null, quality: 0.1);
        for (var i = 0; i < 500 && judge.Breach is null; i++)
        {
            judge.FoldScore(Arm.Source, 0.9, (ulong)i);
            judge.FoldScore(Arm.Target, 0.5, (ulong)i);
        }

        Assert.Equal(GuardrailKind.QualityScoreDrop, judge.Breach?.Guardrail);
        Assert.Equal(0.4, judge.Breach!.Observed!.Value, 6);
    }

    [Fact]
    public void BeginStep_SameStepAgain_KeepsItsCounts()
    {
        var judge = CreateJudge();
        judge.Fold(Outcome());

        judge.BeginStep(0, 50);
        Assert.Equal(1, judge.StepTargetOutcomes);
        judge.BeginStep(1, 60);
        Assert.Equal(0, judge.StepTargetOutcomes);
    }

    // What a rollback tells of its detection is of the step that broke, also where the controller takes the next one meanwhile.
    [Fact]
    public void BeginStep_AfterTheBreach_KeepsTheStepThatBroke()
    {
        var judge = CreateJudge();
        for (ulong unit = 0; judge.Breach is null; unit++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: unit));
        }

        var (step, outcomes) = (judge.Step, judge.StepTargetOutcomes);
        judge.BeginStep(step + 1, 60);

        Assert.Equal((step, outcomes), (judge.Step, judge.StepTargetOutcomes));
    }

    [Fact]
    public void Fold_SteadyState_AllocatesNothing()
    {
        var judge = CreateJudge(latency: 2, quality: 0.1);
        var outcomes = JudgeStateTests.Traffic(new Random(1), 10_000);
        Array.ForEach(outcomes, x => judge.Fold(x));
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < outcomes.Length; i++)
        {
            judge.Fold(outcomes[i]);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Null(judge.Breach);
    }

    [Theory]
    [InlineData(0.0, 0.01)]
    [InlineData(1.0, 0.01)]
    [InlineData(0.05, 0.0)]
    public void Constructor_LimitOutOfRange_Throws(double error, double alpha) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CreateJudge(error, alpha: alpha));
}

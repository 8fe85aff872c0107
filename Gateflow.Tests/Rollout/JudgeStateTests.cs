using System.Text.Json;
using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

public sealed class JudgeStateTests
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    // Before the latency window is full, while it turns over, and long after; and where the weight is raised with the restart.
    [Theory]
    [InlineData(0, 30)]
    [InlineData(137, 30)]
    [InlineData(1_203, 30)]
    [InlineData(4_999, 30)]
    [InlineData(1_203, 60)]
    public void Restore_InTheMiddle_EqualsNeverStopped(int stoppedAfter, int weight)
    {
        var outcomes = Traffic(new Random(9), 5_000);
        var config = CreateConfig(latency: 2, quality: 0.1);
        var unbroken = new MigrationJudge(config);
        var first = new MigrationJudge(config);
        unbroken.BeginStep(2, 30);
        first.BeginStep(2, 30);
        Feed(unbroken, outcomes[..stoppedAfter], 0, 30);
        Feed(first, outcomes[..stoppedAfter], 0, 30);

        var second = new MigrationJudge(config, JsonSerializer.Deserialize<JudgeState>(JsonSerializer.Serialize(first.Save(), SnakeCase), SnakeCase)!);
        unbroken.BeginStep(2, weight);
        second.BeginStep(2, weight);
        Feed(unbroken, outcomes[stoppedAfter..], stoppedAfter, weight);
        Feed(second, outcomes[stoppedAfter..], stoppedAfter, weight);

        Assert.Equal(JsonSerializer.Serialize(unbroken.Save()), JsonSerializer.Serialize(second.Save()));
        Assert.Equal(unbroken.Read(), second.Read());
        Assert.Equal(5_000, second.Sequence);
        Assert.Equal(unbroken.ReadSplit(), second.ReadSplit());
        Assert.InRange(second.ReadSplit().Samples, 1_024, 4_999); // more than fit: a sample of them
        Assert.True(unbroken.Read().All(x => x.Evidence != 1), "The traffic reached every test.");
    }

    // What is foretold changes with an analysis made anew and with steps that are edited while paused.
    [Theory]
    [InlineData(600)]
    [InlineData(6_000_000)]
    public void Restore_OtherRequestsForetold_GoesOnAsItBegan(long expected)
    {
        var outcomes = Traffic(new Random(9), 5_000);
        var config = CreateConfig(latency: 2, quality: 0.1);
        var (unbroken, first) = (new MigrationJudge(config), new MigrationJudge(config));
        unbroken.BeginStep(2, 30);
        first.BeginStep(2, 30);
        Feed(unbroken, outcomes, 0, 30);
        Feed(first, outcomes[..2_000], 0, 30);

        var second = new MigrationJudge(config with { ExpectedTargetRequests = expected }, first.Save());
        Feed(second, outcomes[2_000..], 2_000, 30);

        Assert.Equal(JsonSerializer.Serialize(unbroken.Save()), JsonSerializer.Serialize(second.Save()));
        Assert.Equal(unbroken.Read(), second.Read());
    }

    [Fact]
    public void Restore_AfterABreach_StaysBreached()
    {
        var judge = CreateJudge();
        for (ulong i = 0; i < 10; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: i));
        }

        var json = JsonSerializer.Serialize(judge.Save(), SnakeCase);
        var restored = new MigrationJudge(CreateConfig(), JsonSerializer.Deserialize<JudgeState>(json, SnakeCase)!);

        Assert.NotNull(judge.Breach);
        Assert.Equal(judge.Breach, restored.Breach);
        Assert.Contains("\"error_rate\"", json, StringComparison.Ordinal);
    }

    // Requests that are remembered for another reason are no failures of a unit.
    [Fact]
    public void Restore_CallerHungUpBefore_OneUnitAloneStillRollsNothingBack()
    {
        var before = CreateJudge();
        before.Fold(Outcome(kind: OutcomeKind.ClientCancel, unit: 3, request: 33));

        var judge = new MigrationJudge(CreateConfig(), JsonSerializer.Deserialize<JudgeState>(JsonSerializer.Serialize(before.Save()))!);
        judge.BeginStep(0, 50);
        for (ulong i = 0; i < 50; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: 7, request: i + 1, seconds: i));
        }

        Assert.Null(judge.Breach);
        Assert.Equal(1, judge.DistinctFailingUnits);
    }

    // By the states of older builds.
    [Fact]
    public void Restore_StateWithoutTheNewerParts_GoesOn()
    {
        var before = CreateJudge(quality: 0.1);
        for (ulong i = 0; i < 30; i++)
        {
            before.Fold(Outcome(Arm.Source, unit: i, quality: 0.9));
            before.Fold(Outcome(kind: OutcomeKind.OutageBoth, unit: i, failedFirst: true));
            before.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: 7, request: i + 1, quality: 0.9));
        }

        var state = before.Save();
        var judge = new MigrationJudge(CreateConfig(quality: 0.1), state with
        {
            FailingUnits = state.FailingUnits with { First = null },
            SourceFaults = new SourceRateState(state.SourceFaults!.Lately, state.SourceFaults.Before, state.SourceFaults.InPlace),
            ErrorRateByOwnArm = null,
            Quality = state.Quality! with { SourceLately = null, FeedbackLately = null },
        });
        judge.BeginStep(0, 50);
        for (ulong i = 100; judge.Breach is null; i++)
        {
            Assert.InRange(i, 100ul, 110ul);
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: i, seconds: 60));
        }
    }

    [Fact]
    public void Restore_GuardrailThatTheStateDoesNotKnow_StartsFresh()
    {
        var before = CreateJudge();
        before.Fold(Outcome());

        var after = new MigrationJudge(CreateConfig(quality: 0.1), before.Save());

        Assert.Equal(1, after.Read()[0].Samples);
        Assert.Equal(1, after.Read()[1].Evidence);
    }

    [Fact]
    public void Save_HundredThousandFailingUnits_StaysSmall()
    {
        var judge = CreateJudge();
        for (ulong i = 0; i < 100_000; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: StableHash.Combine(i, i), seconds: i));
        }

        Assert.InRange(JsonSerializer.Serialize(judge.Save()).Length, 1, 40_000);
    }

    [Fact]
    public void Wire_EnumsOfRollout_SnakeCase()
    {
        Assert.Equal("\"latency_p99_increase\"", JsonSerializer.Serialize(GuardrailKind.LatencyP99Increase));
        Assert.Equal("\"not_enough_data\"", JsonSerializer.Serialize(Verdict.NotEnoughData));
        Assert.Equal("\"breach_no_auto_rollback\"", JsonSerializer.Serialize(HoldReason.BreachNoAutoRollback));
        Assert.Equal("quality_score_drop", RolloutNames.Wire(GuardrailKind.QualityScoreDrop));
    }

    /// <summary>Each request is of a unit of its own, dealt before it is answered.</summary>
    private static void Feed(MigrationJudge judge, ArmOutcome[] outcomes, int from, int weight)
    {
        for (var i = 0; i < outcomes.Length; i++)
        {
            judge.Assigned(StableHash.Combine((ulong)(from + i), 1), outcomes[i].Arm == Arm.Target, weight * 100);
            judge.Fold(outcomes[i]);
        }
    }

    /// <summary>Healthy mixed traffic at 30 %: 1 % failures of the target, some of both, latencies and scores on most.</summary>
    internal static ArmOutcome[] Traffic(Random rng, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var arm = rng.NextDouble() < 0.3 ? Arm.Target : Arm.Source;
        var kind = rng.NextDouble() switch
        {
            < 0.01 when arm == Arm.Target => OutcomeKind.TargetFailure,
            < 0.01 => OutcomeKind.SourceFailure,
            < 0.02 => OutcomeKind.ClientFault,
            < 0.03 => OutcomeKind.ClientCancel,
            _ => OutcomeKind.Success,
        };
        return Outcome(arm, kind, (ulong)rng.Next(200), i * 0.05, 800 * Math.Exp(0.8 * rng.Normal()), rng.NextDouble() < 0.5 ? rng.NextDouble() : double.NaN, kind != OutcomeKind.Success && rng.NextDouble() < 0.5);
    })];
}

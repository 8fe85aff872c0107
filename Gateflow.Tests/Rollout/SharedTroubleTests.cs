using System.Text.Json;
using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

/// <summary>Trouble that source and target share: calls that fail at random, streams that one cut breaks, requests that both refuse.</summary>
public sealed class SharedTroubleTests
{
    // The target is asked once and the source up to three times, so only the source's first calls are like the target's.
    [Theory]
    [InlineData(10, 10, 0.08)]
    [InlineData(10, 10, 0.3)]
    [InlineData(50, 50, 0.08)]
    [InlineData(50, 50, 0.3)]
    [InlineData(10, 100, 0.08)]
    [InlineData(10, 100, 0.3)]
    public void Fold_CallsOfBothFailAtRandom_RollsNobodyBackWhereFirstCallsAreKnown(double weight, double last, double failing)
    {
        const int Runs = 30;

        Assert.InRange(Enumerable.Range(1, Runs).Count(seed => RollsBack(seed, failing, firstCallsKnown: true)), 0, 1);
        Assert.InRange(Enumerable.Range(1, Runs).Count(seed => RollsBack(seed, failing, firstCallsKnown: false)), Runs / 2, Runs);

        bool RollsBack(int seed, double rate, bool firstCallsKnown)
        {
            var (rng, judge) = (new Random(seed), CreateJudge(weight: weight));
            for (var i = 0; i < 20_000 && judge.Breach is null; i++)
            {
                var (step, now) = (i / 2_000, Math.Min(last, weight + (10 * (i / 2_000))));
                judge.BeginStep(step, now);
                var (onTarget, target, source) = (rng.NextDouble() * 100 < now, rng.NextDouble() < rate, rng.NextDouble() < rate);
                judge.Fold(!onTarget ? Outcome(Arm.Source, unit: (ulong)i, seconds: i, failedFirst: source && firstCallsKnown)
                    : Outcome(kind: !target ? OutcomeKind.Success : !source ? OutcomeKind.TargetFailure : OutcomeKind.OutageBoth, unit: (ulong)i, seconds: i, failedFirst: source && firstCallsKnown));
            }

            return judge.Breach is not null;
        }
    }

    [Fact]
    public void Fold_DeadTargetBesideASourceThatFailsOften_StillBreaches()
    {
        var (rng, judge, asked) = (new Random(3), CreateJudge(weight: 10), 0);
        for (var i = 0; judge.Breach is null; i++)
        {
            var (onTarget, source) = (i > 500 && rng.NextDouble() < 0.1, rng.NextDouble() < 0.3);
            asked += onTarget ? 1 : 0;
            judge.Fold(!onTarget ? Outcome(Arm.Source, seconds: i, failedFirst: source)
                : Outcome(kind: source ? OutcomeKind.OutageBoth : OutcomeKind.TargetFailure, unit: (ulong)i, seconds: i, failedFirst: source));
            Assert.InRange(asked, 0, 60);
        }

        Assert.Contains("The source itself fails in", judge.Breach.Detail, StringComparison.Ordinal);
    }

    // What fails both together is most of what the source is asked for in the target's place, and says little of how often the source fails.
    [Theory]
    [InlineData(10, 0.01)]
    [InlineData(10, 0.02)]
    [InlineData(50, 0.01)]
    [InlineData(50, 0.02)]
    [InlineData(90, 0.01)]
    [InlineData(90, 0.02)]
    public void Fold_TargetFailsEightInAHundredBesideWhatFailsBoth_IsFound(double weight, double both)
    {
        const int Runs = 20;

        Assert.InRange(Enumerable.Range(1, Runs).Count(seed => Run(seed, [(weight, both, 0.08, 0)], (int)(8_000 / (weight / 100))).Breach is not null), Runs - 4, Runs);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.02)]
    [InlineData(0.05)]
    public void Fold_BothFailTogether_RollsNobodyBackAndHoldsNothing(double both)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(Verdict.Healthy, Assert.Single(Run(seed, [.. Enumerable.Range(1, 10).Select(i => (10.0 * i, both, 0.01, 0.01))], 1_000).Read()).Verdict);
        }
    }

    // Without the source's own traffic the two cannot be told apart: neither is it promoted nor rolled back.
    [Theory]
    [InlineData(95)]
    [InlineData(100)]
    public void Fold_TargetWorsensBesideWhatFailsBothAboveNinetyPercent_HoldsTheStep(double weight)
    {
        const int Runs = 20;
        var ends = Enumerable.Range(1, Runs).Select(seed => Assert.Single(Run(seed, [(50, 0.02, 0.01, 0.01), (weight, 0.02, 0.12, 0.01)], 3_000).Read())).ToList();

        Assert.InRange(ends.Count(r => r.Verdict is Verdict.Watch or Verdict.Breach), Runs - 5, Runs);
        var held = ends.Where(r => r.Verdict == Verdict.Watch).ToList();
        Assert.NotEmpty(held);
        Assert.All(held, r => Assert.Contains("source's own arm", r.Detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(95)]
    [InlineData(100)]
    public void Fold_CallsOfBothBeginToFailAtRandomAboveNinetyPercent_RollsHardlyAnybodyBack(double weight) =>
        Assert.InRange(Enumerable.Range(1, 20).Count(seed => Run(seed, [(50, 0, 0.01, 0.01), (weight, 0, 0.3, 0.3)], 3_000).Breach is not null), 0, 3);

    [Fact]
    public void Fold_TargetDiesAnHourAfterTroubleOfBoth_BreachesAsIfThereHadBeenNone()
    {
        var judge = Run(1, [(50, 0, 0.01, 0.01), (100, 0.9, 0.01, 0.01)], 600);
        var asked = 0;
        judge = new MigrationJudge(CreateConfig(), JsonSerializer.Deserialize<JudgeState>(JsonSerializer.Serialize(judge.Save()))!);
        for (var i = 0; judge.Breach is null; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: (ulong)i, seconds: 7_200 + 3_601 + i));
            Assert.InRange(++asked, 1, 8);
        }
    }

    /// <summary>Phases of as many requests each, one in six seconds: the weight, the share that fails both, and what fails the target and the source besides.</summary>
    private static MigrationJudge Run(int seed, (double Weight, double Both, double Target, double Source)[] phases, int requests)
    {
        var (rng, judge) = (new Random(seed), CreateJudge());
        for (var i = 0; i < phases.Length * requests && judge.Breach is null; i++)
        {
            var (weight, shared, failing, sourceFailing) = phases[i / requests];
            judge.BeginStep(i / requests, weight);
            var both = rng.NextDouble() < shared;
            var (onTarget, target, source) = (rng.NextDouble() * 100 < weight, both || rng.NextDouble() < failing, both || rng.NextDouble() < sourceFailing);
            judge.Fold(!onTarget ? Outcome(Arm.Source, unit: (ulong)i, seconds: i * 6, failedFirst: source)
                : Outcome(kind: !target ? OutcomeKind.Success : !source ? OutcomeKind.TargetFailure : OutcomeKind.OutageBoth, unit: (ulong)i, seconds: i * 6, failedFirst: source));
        }

        return judge;
    }

    // What an open breaker diverts after trouble of both tells nothing of the source, which has recovered.
    [Fact]
    public void Fold_TargetStaysDeadAfterTroubleOfBoth_BreachesAsSoonAsOneOfAHealthySource()
    {
        var judge = CreateJudge(weight: 10);
        for (var i = 0; i < 50; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.OutageBoth, unit: (ulong)i));
        }

        for (var i = 100; judge.Breach is null; i++)
        {
            Assert.InRange(i, 100, 105);
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: (ulong)i, seconds: i));
        }
    }

    [Theory]
    [InlineData(10, 90, 10, false)]
    [InlineData(50, 50, 50, false)]
    [InlineData(10, 1, 10, true)]
    [InlineData(10, 0, 10, true)]
    [InlineData(100, 0, 10, true)]
    public void Fold_StreamsBreakWithinASecond_CountsWhatTheSourcesDoNotExplain(double weight, int source, int target, bool breaches)
    {
        var judge = CreateJudge(weight: weight);
        for (var i = 0; i < target; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.BrokenStream, unit: (ulong)i, seconds: 100)); // the target's connection is the first to know
        }

        for (var i = 0; i < source; i++)
        {
            judge.Fold(Outcome(Arm.Source, OutcomeKind.BrokenStream, seconds: 101));
        }

        judge = new MigrationJudge(CreateConfig(), JsonSerializer.Deserialize<JudgeState>(JsonSerializer.Serialize(judge.Save()))!);
        judge.Fold(Outcome(Arm.Source, seconds: 106));

        Assert.Equal(breaches, judge.Breach is not null);
        Assert.Equal(!breaches, judge.OutageHold);
    }

    [Fact]
    public void Fold_MoreBrokenStreamsThanCanWait_CountsAllOfThem()
    {
        var judge = CreateJudge(error: null, latency: 2);
        for (var i = 0; i < 300; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.BrokenStream, unit: (ulong)i, seconds: 1));
        }

        judge.Fold(Outcome(Arm.Source, seconds: 10));

        Assert.Equal(300, judge.StepTargetOutcomes);
    }

    // A batch job that sends one request which both refuse, beside other traffic.
    [Fact]
    public void OutageHold_OneRequestIsRefusedAllDay_DoesNotHold()
    {
        var judge = CreateJudge();
        for (var i = 0; i < 20_000; i++)
        {
            judge.Fold(i % 6 == 0 ? Outcome(kind: OutcomeKind.ClientFault, unit: 7, request: 77, seconds: i) : Outcome(unit: (ulong)i, seconds: i));
            Assert.False(judge.OutageHold);
        }

        for (var i = 0; i < 20; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.ClientFault, unit: 7, request: 100 + (ulong)i, seconds: 20_000 + i));
        }

        Assert.True(judge.OutageHold);
    }

    [Fact]
    public void OutageHold_AnHourAfterTheLastCase_IsOver()
    {
        var judge = CreateJudge();
        for (var i = 0; i < 5; i++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.OutageBoth, unit: (ulong)i));
        }

        judge.Fold(Outcome(seconds: 3_600));
        Assert.True(judge.OutageHold);
        judge = new MigrationJudge(CreateConfig(), JsonSerializer.Deserialize<JudgeState>(JsonSerializer.Serialize(judge.Save()))!);
        judge.Fold(Outcome(seconds: 3_601));
        Assert.False(judge.OutageHold);
    }
}

using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

public sealed class JudgeTests
{
    private const string Migration = "mig_1";

    [Fact]
    public async Task Fold_ManyThreadsOnADeadTarget_BreachedOnceAndNothingLost()
    {
        var judge = new Judge();
        var breaches = 0;
        judge.Breached += (id, reading) =>
        {
            Assert.Equal(Migration, id);
            Assert.Equal(Verdict.Breach, reading.Verdict);

            // Outside the lock: another thread may ask while this one brakes.
            Assert.NotNull(Task.Run(() => judge.Read(Migration)!.Breach).WaitAsync(Wait.Limit).GetAwaiter().GetResult());
            Interlocked.Increment(ref breaches);
        };
        judge.Arm(Migration, CreateConfig());
        judge.BeginStep(Migration, 0, 10);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 2_500; i++)
            {
                judge.Fold(Migration, Outcome(kind: OutcomeKind.TargetFailure, unit: (ulong)((thread * 10_000) + i)));
            }
        }, TestContext.Current.CancellationToken)));

        Assert.Equal(1, breaches);
        Assert.Equal(10_000, judge.Read(Migration)!.Sequence);
        Assert.Equal(10_000, judge.Snapshot(Migration)!.Sequence);
    }

    [Fact]
    public void Arm_RestoredWithABreach_BreachedAgainOnce()
    {
        var first = new Judge();
        first.Arm(Migration, CreateConfig());
        for (ulong i = 0; i < 10; i++)
        {
            first.Fold(Migration, Outcome(kind: OutcomeKind.TargetFailure, unit: i));
        }

        var second = new Judge();
        var breaches = 0;
        second.Breached += (_, _) => breaches++;
        second.Arm(Migration, CreateConfig(), first.Snapshot(Migration));
        second.Fold(Migration, Outcome(kind: OutcomeKind.TargetFailure, unit: 99));

        Assert.Equal(1, breaches);
    }

    [Fact]
    public void Elapse_WhatWaitedIsABreach_IsToldWithoutAnotherOutcome()
    {
        var judge = new Judge();
        List<string> breached = [];
        judge.Breached += (id, _) => breached.Add(id);
        judge.Arm(Migration, CreateConfig());
        judge.BeginStep(Migration, 0, 50);
        var last = default(ArmOutcome);
        for (ulong unit = 1; unit <= 10; unit++)
        {
            judge.Fold(Migration, last = Outcome(kind: OutcomeKind.BrokenStream, unit: unit));
        }

        Assert.Empty(breached);
        judge.Elapse(Migration, last.AtTicks + TimeSpan.FromSeconds(5).Ticks);

        Assert.Equal([Migration], breached);
    }

    [Fact]
    public void Arm_Twice_KeepsTheRunningJudge()
    {
        var judge = new Judge();

        Assert.True(judge.Arm(Migration, CreateConfig()));
        judge.Fold(Migration, Outcome());

        Assert.False(judge.Arm(Migration, CreateConfig()));
        Assert.Equal(1, judge.Read(Migration)!.Sequence);
        Assert.Equal([Migration], judge.Armed);
    }

    [Fact]
    public void Fold_NotArmed_Ignored()
    {
        var judge = new Judge();
        judge.Arm(Migration, CreateConfig());

        Assert.True(judge.Disarm(Migration));
        Assert.False(judge.Disarm(Migration));
        Assert.False(judge.Fold(Migration, Outcome()));
        Assert.False(judge.BeginStep(Migration, 1, 20));
        Assert.Null(judge.Read(Migration));
        Assert.Null(judge.Snapshot(Migration));
    }

    [Fact]
    public void Fold_TwoMigrations_JudgedApart()
    {
        var judge = new Judge();
        judge.Arm(Migration, CreateConfig());
        judge.Arm("mig_2", CreateConfig());
        for (ulong i = 0; i < 10; i++)
        {
            judge.Fold(Migration, Outcome(kind: OutcomeKind.TargetFailure, unit: i));
        }

        Assert.NotNull(judge.Read(Migration)!.Breach);
        Assert.Null(judge.Read("mig_2")!.Breach);
    }
}

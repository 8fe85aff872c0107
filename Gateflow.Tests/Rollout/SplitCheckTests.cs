using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Benchmarks.MigrationsSim;

namespace Gateflow.Tests.Rollout;

public sealed class SplitCheckTests
{
    [Fact]
    public void Add_UnitsUnderOneWeight_EvidenceIsTheDirichletMultinomialBayesFactor()
    {
        const int Weight = 1_000;
        var (check, dice) = (new SplitCheck(), new Dice(3));
        check.Begin(Weight);
        var (onTarget, units) = (0, 400);
        for (var i = 0; i < units; i++)
        {
            var isTarget = dice.Chance(0.12);
            onTarget += isTarget ? 1 : 0;
            check.Add(dice.Next(), isTarget, Weight);
        }

        // B(10 + S, 90 + F)/B(10, 90) / (0.1^S · 0.9^F); the first of the tests has half the weight, the other half has not started.
        var log = LogFactorials(10, onTarget) + LogFactorials(90, units - onTarget) - LogFactorials(100, units)
            - (onTarget * Math.Log(0.1)) - ((units - onTarget) * Math.Log(0.9));
        Assert.Equal((0.5 * Math.Exp(log)) + 0.5, check.M, 1e-9);

        static double LogFactorials(int from, int count) => Enumerable.Range(from, count).Sum(x => Math.Log(x));
    }

    [Fact]
    public void Add_RightSplitOfNewAndReturningUnits_HardlyEverDeviates()
    {
        var alarms = Enumerable.Range(0, 60).Count(i => Ramp(i, Assignment.IsTarget).Deviates);

        Assert.Equal(0, alarms);
    }

    [Fact]
    public void Add_NodeThatKeepsTheOldWeight_DeviatesThoughAllUnitsAreKnown()
    {
        // Two thousand users and no new ones: only those who should have moved tell.
        var check = Ramp(1, (id, unit, weight) => Assignment.IsTarget(id, unit, Math.Min(weight, 4_000)), fresh: 0);

        Assert.True(check.Deviates);
        Assert.Equal(0, check.MovedBack);
        Assert.Equal(Verdict.Watch, check.Read().Verdict);
        Assert.Contains("not chance", check.Read().Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_SameUnitAgain_OneObservation()
    {
        var check = new SplitCheck();
        check.Begin(5_000);
        for (var i = 0; i < 10_000; i++)
        {
            check.Add(unit: 7, isTarget: true, 5_000);
        }

        Assert.Equal(1, check.Units);
        check.Add(unit: 7, isTarget: false, 5_000);
        Assert.Equal((1, 1), (check.Units, check.MovedBack));
        check.Add(unit: 8, isTarget: false, weight: 4_000);
        Assert.Equal(1, check.Units);
    }

    [Fact]
    public void Begin_NextWeightAfterADeviation_StartsClean()
    {
        var check = new SplitCheck();
        check.Begin(1_000);
        for (ulong unit = 1; unit <= 200; unit++)
        {
            check.Add(unit, isTarget: true, 1_000);
        }

        Assert.True(check.Deviates);
        check.Begin(2_000);

        Assert.False(check.Deviates);
        Assert.InRange(check.M, 0, 1);
    }

    [Fact]
    public void DistinctUnits_MoreThanFit_BoundedAndNoneTakenTwice()
    {
        const int Many = 50_000;
        var (units, dice) = (new DistinctUnits(), new Dice(5));
        var all = Enumerable.Range(0, Many).Select(_ => dice.Next()).ToArray();
        var taken = new HashSet<ulong>();
        for (var round = 0; round < 2; round++)
        {
            foreach (var unit in all)
            {
                if (!double.IsNaN(units.Chance(unit, 5_000, isTarget: false, out _)))
                {
                    Assert.True(taken.Add(unit));
                }
            }
        }

        Assert.InRange(units.Count, 1, DistinctUnits.Most);
        Assert.InRange(taken.Count, 2 * DistinctUnits.Most, Many / 4);
        Assert.InRange(units.OneIn, 16, 64);
    }

    [Fact]
    public void Next_SplitDeviates_HeldNeverRolledBack()
    {
        var judge = Outcomes.CreateJudge(weight: 10);
        for (ulong unit = 1; unit <= 200; unit++)
        {
            judge.Assigned(unit, isTarget: true, weight: 1_000);
        }

        var config = new MigrationConfig { MinSamples = 0, OnInsufficient = OnInsufficient.AdvanceWithWarning };
        var at = new DateTimeOffset(2027, 1, 4, 0, 0, 0, TimeSpan.Zero);
        var decision = StepDecision.Next(new StepInput
        {
            Config = config, Steps = RolloutSteps.Compile(config), Step = 0, StepStartedAt = at, Now = at.AddDays(1), Readings = judge.Read(), Split = judge.ReadSplit(),
        });

        Assert.Equal((DecisionKind.Hold, HoldReason.Split), (decision.Kind, decision.Reason));
        Assert.Contains("200 of 200 distinct units", decision.Sentence, StringComparison.Ordinal);
        Assert.Null(judge.Breach);
    }

    [Fact]
    public void Look_SplitDeviatesAndIsOver_OneAlertAndItsEnd()
    {
        var (bell, judge) = (new AlertBell(), new Judge());
        var migration = new Migration { Id = "mig_1", SourceModel = "gpt-4", CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "me" };
        judge.Arm(migration.Id, Outcomes.CreateConfig());
        judge.BeginStep(migration.Id, 0, 10);
        var watch = new SplitWatch(bell);
        watch.Look(migration, judge.Read(migration.Id)?.Split);
        Assert.False(bell.TryTake(out _));
        for (ulong unit = 1; unit <= 200; unit++)
        {
            judge.Assigned(migration.Id, unit, isTarget: true, weight: 1_000);
        }

        watch.Look(migration, judge.Read(migration.Id)?.Split);
        watch.Look(migration, judge.Read(migration.Id)?.Split);
        judge.BeginStep(migration.Id, 1, 20);
        watch.Look(migration, judge.Read(migration.Id)?.Split);

        Assert.True(bell.TryTake(out var begun) && begun is { Event: AlertEvents.SplitDeviates, Over: false } && begun.Subject == migration.Id);
        Assert.True(bell.TryTake(out var over) && over.Over);
        Assert.False(bell.TryTake(out _));
    }

    /// <summary>Nine steps of two thousand requests, by default half of them of two thousand users and half of new units.</summary>
    private static SplitCheck Ramp(int seed, Func<string, ulong, int, bool> isTarget, double fresh = 0.5)
    {
        var (check, dice) = (new SplitCheck(), new Dice((ulong)seed));
        var users = Enumerable.Range(0, 2_000).Select(_ => dice.Next()).ToArray();
        for (var weight = 1_000; weight < Assignment.Buckets && !check.Deviates; weight += 1_000)
        {
            check.Begin(weight);
            for (var n = 0; n < 2_000; n++)
            {
                var unit = dice.Chance(fresh) ? dice.Next() : users[dice.Below(users.Length)];
                check.Add(unit, isTarget($"mig_{seed}", unit, weight), weight);
            }
        }

        return check;
    }
}

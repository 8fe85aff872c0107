using System.Text.Json;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Fleet;

public sealed class FleetEvidenceTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    private const string Id = "mig_1";
    private static readonly DateTimeOffset Noon = new(2027, 1, 4, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fold_BatchesOfThreeNodesByTwoFoldersAtOnce_CountsEachOutcomeOnce()
    {
        await using var database = await CreateAsync();
        var rng = new Random(4);
        var expected = new MigrationJudge(JudgeConfigs.OfFleet(Running()));
        for (var round = 0; round < 6; round++)
        {
            await using var db = database.Open();
            var batches = Enumerable.Range(0, 3).SelectMany(n => FleetFeed.Batches(Id, $"n{n}", Log(rng, 40), 0, null)).ToList();
            db.AddRange(batches);
            await db.SaveChangesAsync(Token);
            expected.BeginStep(0, 50);
            foreach (var outcome in batches.OrderBy(b => b.Id).SelectMany(b => OutcomePacking.Unpack(b.Outcomes)))
            {
                expected.Fold(outcome.Outcome);
            }

            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Evidence(database).FoldAsync(Token), Token)));
        }

        await Evidence(database).FoldAsync(Token);
        await using var after = database.Open();
        var row = await after.Evidence.SingleAsync(e => e.Node == EvidenceRow.Fleet, Token);
        Assert.Equal(6 * 3 * 40, row.Sequence);
        Assert.Equal(JsonSerializer.Serialize(expected.Save(), JsonColumn.Options), row.State);
        Assert.False(await after.OutcomeBatches.AnyAsync(Token));
    }

    [Fact]
    public async Task Fold_OutcomesOfAStepThatIsOver_AreEvidenceButNotSamplesOfTheNext()
    {
        await using var database = await CreateAsync();
        await using (var db = database.Open())
        {
            db.AddRange(FleetFeed.Batches(Id, "fast", [Logged(1, 1), Logged(2, 1)], 0, null));
            await db.SaveChangesAsync(Token);
            db.AddRange(FleetFeed.Batches(Id, "slow", [Logged(1, 0), Logged(2, 1)], 0, null));
            await db.SaveChangesAsync(Token);
        }

        await Evidence(database).FoldAsync(Token);

        var state = await Evidence(database).StateAsync(Id, Token);
        Assert.Equal((4L, 3L, 1, 100.0), (state!.Sequence, state.StepTargetOutcomes, state.Step, state.Weight));
    }

    [Fact]
    public async Task Fold_BreachOfOneNode_IsTheFleets()
    {
        await using var database = await CreateAsync();
        var judge = CreateJudge();
        for (ulong unit = 0; judge.Breach is null; unit++)
        {
            judge.Fold(Outcome(kind: OutcomeKind.TargetFailure, unit: unit));
        }

        await using (var db = database.Open())
        {
            db.AddRange(FleetFeed.Batches(Id, "one", [Logged(1, 0)], 0, judge.Breach));
            await db.SaveChangesAsync(Token);
        }

        await Evidence(database).FoldAsync(Token);

        var view = await Evidence(database).ReadAsync(Running(), Token);
        Assert.Equal(judge.Breach, view!.Breach);
        Assert.Equal(Verdict.Breach, Assert.Single(view.Readings).Verdict);
    }

    [Fact]
    public async Task Read_StreamsBrokeAndNoRequestFollows_AreJudgedOnceAllNodesHadTimeToTellOfTheirs()
    {
        await using var database = await CreateAsync();
        LoggedOutcome[] log = [.. Enumerable.Range(1, 10).Select(i => new LoggedOutcome(i, 0, 50, LoggedKind.Outcome, Outcome(kind: OutcomeKind.BrokenStream, unit: (ulong)i)))];
        await using (var db = database.Open())
        {
            db.AddRange(FleetFeed.Batches(Id, "one", log, 0, null));
            await db.SaveChangesAsync(Token);
        }

        var clock = new FakeTimeProvider(new DateTimeOffset(log[0].Outcome.AtTicks, TimeSpan.Zero));
        var evidence = Evidence(database, clock);
        await evidence.FoldAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(14));
        var waiting = await evidence.ReadAsync(Running(), Token);
        clock.Advance(TimeSpan.FromSeconds(1));
        var judged = await evidence.ReadAsync(Running(), Token);

        Assert.Null(waiting!.Breach);
        Assert.Equal(GuardrailKind.ErrorRate, judged!.Breach?.Guardrail);
        Assert.Equal(judged.Breach, (await evidence.StateAsync(Id, Token))!.Breach); // what a rollback is told with
    }

    [Fact]
    public async Task Fold_UnitsOfAllNodes_AreOneCheckOfTheSplitThatARestartOfANodeDoesNotChange()
    {
        await using var database = await CreateAsync();
        await SendAsync(database, "one", 1, 200, Assigned);
        await SendAsync(database, "two", 101, 300, Assigned);
        var healthy = (await Evidence(database).ReadAsync(Running(), Token))!.Split;
        await SendAsync(database, "one", 101, 300, Assigned); // started again: it has forgotten whom it knew
        var again = (await Evidence(database).ReadAsync(Running(), Token))!.Split;

        await SendAsync(database, "three", 301, 500, _ => false); // a node that sends nobody to the target
        var deviates = (await Evidence(database).ReadAsync(Running(), Token))!.Split;

        Assert.Equal((300, Verdict.Healthy), (healthy.Samples, healthy.Verdict));
        Assert.Equal(healthy, again);
        Assert.Equal((500, Verdict.Watch), (deviates.Samples, deviates.Verdict));

        static bool Assigned(ulong unit) => Assignment.IsTarget(Id, unit, 5_000);
    }

    [Fact]
    public async Task Fold_UnitsOfAStepThatIsOver_AreRememberedAndNotJudged()
    {
        await using var database = await CreateAsync();
        await using (var db = database.Open())
        {
            db.AddRange(FleetFeed.Batches(Id, "fast", [new(1, 0, 20, LoggedKind.Outcome, Outcome()), new(2, 1, 50, LoggedKind.Outcome, Outcome())], 0, null));
            await db.SaveChangesAsync(Token);
            db.AddRange(FleetFeed.Batches(Id, "slow", [Dealt(0, 20, 7, Arm.Target), Dealt(0, 20, 8, Arm.Source), Dealt(1, 50, 7, Arm.Target), Dealt(1, 50, 8, Arm.Source)], 0, null));
            await db.SaveChangesAsync(Token);
        }

        await Evidence(database).FoldAsync(Token);

        // Of unit 7 nothing is learnt at 50 %; unit 8 had 30 of 80 to be there.
        var split = (await Evidence(database).StateAsync(Id, Token))!.Split!;
        Assert.Equal((5_000, 1L, 0L, 0L), (split.Weight, split.Units, split.OnTarget, split.MovedBack));
        Assert.Equal(0.375, split.Expected, 1e-12);
    }

    [Fact]
    public async Task Stands_NodesOwnTestBroke_IsFalseBeforeTheFleetHearsOfIt()
    {
        await using var database = await CreateAsync();
        var judge = new Judge();
        judge.Arm(Id, JudgeConfigs.OfNode(Running(), Node(1)));
        judge.BeginStep(Id, 0, 50);
        var evidence = new FleetEvidence(database.Factory, judge, new SourceHistory(database.Factory), Node(1), TimeProvider.System, NullLogger<FleetEvidence>.Instance);
        await using var db = database.Open();
        var seen = await evidence.ReadAsync(Running(), Token);
        Assert.True(await evidence.StandsAsync(db, Id, seen, Token));

        for (ulong unit = 0; judge.Read(Id)!.Breach is null; unit++)
        {
            judge.Fold(Id, Outcome(kind: OutcomeKind.TargetFailure, unit: unit));
        }

        Assert.False(await evidence.StandsAsync(db, Id, seen, Token));
    }

    [Fact]
    public async Task Fold_BatchesAfterTheEnd_GoAndCountNothing()
    {
        await using var database = await CreateAsync(m => m.RollBack("tester", Noon, []));
        await using (var db = database.Open())
        {
            db.AddRange(FleetFeed.Batches(Id, "late", [Logged(1, 0)], 0, null));
            await db.SaveChangesAsync(Token);
        }

        await Evidence(database).FoldAsync(Token);

        await using var after = database.Open();
        Assert.False(await after.OutcomeBatches.AnyAsync(Token));
        Assert.False(await after.Evidence.AnyAsync(Token));
    }

    [Fact]
    public void Feed_WhatWasStoredBefore_IsNotSentAgain()
    {
        LoggedOutcome[] log = [Logged(7, 0), Logged(8, 0), Logged(9, 1)];

        var all = FleetFeed.Batches(Id, "n", log, 0, null);
        var rest = FleetFeed.Batches(Id, "n", log, 8, null);

        Assert.Equal([(0, 2), (1, 1)], all.Select(b => (b.Step, OutcomePacking.Unpack(b.Outcomes).Count)));
        Assert.Equal([(1, 1)], rest.Select(b => (b.Step, OutcomePacking.Unpack(b.Outcomes).Count)));
        Assert.Empty(FleetFeed.Batches(Id, "n", log, 9, null));
    }

    [Fact]
    public void Packing_AnyOutcome_ComesBackExactly()
    {
        LoggedOutcome[] log =
        [
            .. Log(new Random(1), 250), Dealt(0, 50, ulong.MaxValue, Arm.Target), Dealt(0, 50, 1, Arm.Source), .. Log(new Random(2), 250),
            new(1, 0, 50, LoggedKind.Feedback, Outcome(unit: 1, quality: 0.5)), new(1, 0, 50, LoggedKind.Score, Outcome(unit: 1, quality: 0.5)),
        ];

        var back = OutcomePacking.Unpack(OutcomePacking.Pack(log));

        Assert.Equal(log.Select(l => (l.Kind, l.Outcome)), back);
        Assert.Throws<FormatException>(() => OutcomePacking.Unpack(OutcomePacking.Pack(log)[..^3]));
    }

    // What a node wrote before it was updated still waits to be folded.
    [Fact]
    public void Packing_OfTheVersionBefore_IsRead()
    {
        LoggedOutcome[] log = [.. Log(new Random(1), 20).Select(l => l with { Outcome = l.Outcome with { Request = 0, FailedFirst = false } }), new(1, 0, 50, LoggedKind.Score, Outcome(unit: 1, quality: 0.5))];
        var bytes = OutcomePacking.Pack(log);
        bytes[0] = 3;

        var back = OutcomePacking.Unpack(bytes);

        Assert.Equal(log[..^1].Select(l => (l.Kind, l.Outcome)), back[..^1]);
        Assert.Equal(LoggedKind.Feedback, back[^1].Kind); // it told users' scores by their unit
    }

    [Fact]
    public void Alpha_OfTheFleetAndAnyNumberOfNodes_AddsUpToTheMigrations()
    {
        var migration = Running();

        var nodes = Enumerable.Range(1, 100_000).Sum(n => JudgeConfigs.OfNode(migration, Node(n)).Alpha);
        var sum = nodes + JudgeConfigs.OfFleet(migration).Alpha;

        Assert.InRange(sum, 0.9999 * migration.Config.Alpha, migration.Config.Alpha);
        Assert.Equal(migration.Config.Alpha, JudgeConfigs.OfNode(migration, new ThisNode { Name = "alone" }).Alpha);
    }

    /// <summary>A node that has just started deals units, and answers them; then whoever holds the lease folds.</summary>
    private static async Task SendAsync(TestDatabase database, string name, ulong from, ulong to, Func<ulong, bool> isTarget)
    {
        var judge = new Judge { FeedsFleet = true };
        judge.Arm(Id, JudgeConfigs.OfFleet(Running()));
        judge.BeginStep(Id, 0, 50);
        for (var i = from; i <= to; i++)
        {
            var unit = StableHash.Combine(i, 1);
            judge.Assigned(Id, unit, isTarget(unit), 5_000);
            judge.Assigned(Id, unit, isTarget(unit), 5_000); // its second request
            judge.Fold(Id, Outcome(arm: isTarget(unit) ? Arm.Target : Arm.Source, unit: unit));
        }

        var snapshot = judge.Collect(Id)!;
        Assert.Null(snapshot.State.Split); // it is the fleet's to keep
        await using (var db = database.Open())
        {
            db.AddRange(FleetFeed.Batches(Id, name, snapshot.Unsent, 0, null));
            await db.SaveChangesAsync(Token);
        }

        await Evidence(database).FoldAsync(Token);
    }

    private static LoggedOutcome Dealt(int step, double weight, ulong unit, Arm arm) => new(1, step, weight, LoggedKind.Dealt, OutcomePacking.OfUnit(arm, unit));

    private async Task<TestDatabase> CreateAsync(Action<Migration>? then = null)
    {
        var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, server.NewDatabase());
        var migration = Running();
        then?.Invoke(migration);
        await using var db = database.Open();
        db.Add(migration);
        await db.SaveChangesAsync(Token);
        return database;
    }

    private static FleetEvidence Evidence(TestDatabase database, TimeProvider? clock = null) =>
        new(database.Factory, new Judge(), new SourceHistory(database.Factory), Node(1), clock ?? TimeProvider.System, NullLogger<FleetEvidence>.Instance);

    private static ThisNode Node(int ordinal) => new() { Name = $"node{ordinal}", SharesDatabase = true, Ordinal = ordinal };

    private static Migration Running()
    {
        var migration = new Migration { Id = Id, SourceModel = "source", CreatedAt = Noon, CreatedBy = "tester" };
        migration.Configure("target", migration.Config with
        {
            Strategy = Strategy.Steps, Steps = [new StepConfig(50, 1), new StepConfig(100, 1)], RollbackThreshold = new RollbackThreshold { ErrorRate = 0.05 },
        }, [], "tester", Noon);
        migration.Execute("tester", Noon);
        migration.EventsStored();
        return migration;
    }

    private static LoggedOutcome Logged(long sequence, int step) => new(sequence, step, step == 0 ? 50 : 100, LoggedKind.Outcome, Outcome(unit: (ulong)sequence));

    private static LoggedOutcome[] Log(Random rng, int count) => [.. Enumerable.Range(1, count).Select(i => new LoggedOutcome(i, 0, 50, LoggedKind.Outcome, Outcome(
        arm: rng.Next(2) == 0 ? Arm.Target : Arm.Source,
        kind: rng.Next(30) == 0 ? OutcomeKind.TargetFailure : OutcomeKind.Success,
        unit: (ulong)rng.NextInt64(),
        seconds: 1000 * rng.NextDouble(),
        latency: rng.Next(4) == 0 ? double.NaN : 800 * rng.NextDouble(),
        quality: rng.Next(2) == 0 ? double.NaN : rng.NextDouble(),
        timedOut: rng.Next(50) == 0,
        request: rng.Next(3) == 0 ? (ulong)rng.NextInt64() : 0,
        failedFirst: rng.Next(20) == 0)))];
}

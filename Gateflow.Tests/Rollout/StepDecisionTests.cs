using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Rollout;

public sealed class StepDecisionTests
{
    private static readonly DateTimeOffset Start = new(2027, 1, 5, 9, 0, 0, TimeSpan.Zero); // a Tuesday

    [Fact]
    public void Next_HealthyBeforeTheTime_WaitsUntilIt()
    {
        var next = StepDecision.Next(CreateInput(minutes: 42));

        Assert.Equal(DecisionKind.Wait, next.Kind);
        Assert.Equal(Start.AddMinutes(60), next.Until);
        Assert.Equal("Healthy. Next step to 40 % in 18 min.", next.Sentence);
    }

    [Fact]
    public void Next_SamplesMissingBeforeTheTime_SaysHowManyAndHowLong()
    {
        var next = StepDecision.Next(CreateInput(minutes: 42, outcomes: 38) with { TargetRequestsPerHour = 60 });

        Assert.Equal("Healthy. Next step to 40 % in 18 min if 12 more target requests arrive (about 12 min at this rate).", next.Sentence);
        Assert.Equal(12, next.Needed);
    }

    [Fact]
    public void Next_TimeOverAndAllGood_Advances()
    {
        var next = StepDecision.Next(CreateInput(minutes: 60));

        Assert.Equal(DecisionKind.Advance, next.Kind);
        Assert.Equal(3, next.NextStep);
        Assert.Null(next.Warning);
    }

    [Fact]
    public void Next_OneSampleShort_HoldsAndNamesIt()
    {
        var next = StepDecision.Next(CreateInput(minutes: 61, outcomes: 49));

        Assert.Equal((DecisionKind.Hold, HoldReason.NotEnoughData, 1), (next.Kind, next.Reason, next.Needed));
        Assert.Equal("About 1 more target request needed before 40 %.", next.Sentence);
    }

    [Fact]
    public void Next_NoSamplesAsked_GuardrailMustStillBeJudged()
    {
        var input = CreateInput(minutes: 61, outcomes: 3, config: new MigrationConfig { MinSamples = 0 });

        Assert.Equal(DecisionKind.Advance, StepDecision.Next(input).Kind);
        var unjudged = StepDecision.Next(input with { Readings = [Reading(Verdict.NotEnoughData, judged: false, needed: 17)] });
        Assert.Equal((DecisionKind.Hold, HoldReason.NotEnoughData, 17), (unjudged.Kind, unjudged.Reason, unjudged.Needed));
        Assert.StartsWith("Error rate is not judged yet", unjudged.Sentence, StringComparison.Ordinal);
        Assert.Equal(DecisionKind.Advance, StepDecision.Next(input with { Readings = [Reading(Verdict.NotEnoughData, judged: false) with { BlocksAdvance = false }] }).Kind);
    }

    [Fact]
    public void Next_NoTraffic_HoldsAndSaysSo()
    {
        var next = StepDecision.Next(CreateInput(minutes: 61, outcomes: 0) with { Readings = [Reading(Verdict.NoTraffic)] });

        Assert.Equal((DecisionKind.Hold, HoldReason.NoTraffic), (next.Kind, next.Reason));
        Assert.Equal("No target traffic in this step: 50 more target requests needed before 40 %.", next.Sentence);
    }

    [Fact]
    public void Next_InsufficientWithWarning_AdvancesAndWarns()
    {
        var next = StepDecision.Next(CreateInput(minutes: 61, outcomes: 9, config: new MigrationConfig { OnInsufficient = OnInsufficient.AdvanceWithWarning }));

        Assert.Equal(DecisionKind.Advance, next.Kind);
        Assert.Equal("Taken with 9 of 50 target requests seen.", next.Warning);
    }

    [Theory]
    [InlineData(OnInsufficient.Hold)]
    [InlineData(OnInsufficient.AdvanceWithWarning)]
    public void Next_Watch_HoldsWhateverThePolicy(OnInsufficient policy)
    {
        var next = StepDecision.Next(CreateInput(minutes: 61, config: new MigrationConfig { OnInsufficient = policy }) with
        {
            Readings = [Reading(Verdict.Healthy), Reading(Verdict.Watch) with { Guardrail = GuardrailKind.LatencyP99Increase, Evidence = 41 }],
        });

        Assert.Equal((DecisionKind.Hold, HoldReason.Watch), (next.Kind, next.Reason));
        Assert.Equal("Latency is watched (evidence 41 of 300): no step until it falls below 8.66.", next.Sentence);
    }

    [Fact]
    public void Next_Outage_Holds()
    {
        var hangUps = StepDecision.Next(CreateInput(minutes: 61) with { HangUpHold = true });
        Assert.Equal((DecisionKind.Hold, HoldReason.HangUps), (hangUps.Kind, hangUps.Reason));

        var next = StepDecision.Next(CreateInput(minutes: 61) with { OutageHold = true, OutageCases = new(Failed: 4, Limited: 0, Refused: 0, Policy: 0) });

        Assert.Equal((DecisionKind.Hold, HoldReason.Outage), (next.Kind, next.Reason));
        Assert.Equal("No step while more than 10 % of the last 50 target requests tell nothing of the target: 4 failed on source and target.", next.Sentence);
    }

    [Fact]
    public void Next_OutageOfSeveralKinds_NamesEach()
    {
        var next = StepDecision.Next(CreateInput(minutes: 61) with { OutageHold = true, OutageCases = new(Failed: 4, Limited: 3, Refused: 2, Policy: 1) });

        Assert.EndsWith(
            ": 4 failed on source and target, 3 over a rate limit (the provider's, or one configured for it), 2 refused as bad requests, 1 refused by a content policy.",
            next.Sentence,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Next_Breach_RollsBackAlsoWhilePausedOrSoaking(bool paused, bool soaking)
    {
        var breach = Reading(Verdict.Breach) with { Evidence = 312 };
        var next = StepDecision.Next(CreateInput(minutes: 1) with { Readings = [breach], Paused = paused, Soaking = soaking });

        Assert.Equal(DecisionKind.Rollback, next.Kind);
        Assert.Same(breach, next.Reading);
        Assert.Contains("312 of 300", next.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Next_BreachWithoutAutoRollback_Holds()
    {
        var next = StepDecision.Next(CreateInput(minutes: 1, config: new MigrationConfig { AutoRollback = false }) with { Readings = [Reading(Verdict.Breach)] });

        Assert.Equal((DecisionKind.Hold, HoldReason.BreachNoAutoRollback), (next.Kind, next.Reason));
    }

    [Fact]
    public void Next_Paused_WaitsForAPerson()
    {
        var next = StepDecision.Next(CreateInput(minutes: 600) with { Paused = true });

        Assert.Equal(DecisionKind.Wait, next.Kind);
        Assert.Null(next.Until);
        Assert.Equal("Paused at 30 % of traffic.", next.Sentence);
    }

    [Fact]
    public void Next_HeldForMaxHold_AsksAPersonAndSaysWhy()
    {
        var input = CreateInput(minutes: 80 * 60, outcomes: 49) with { HeldSince = Start.AddHours(8) };

        Assert.Equal(DecisionKind.Hold, StepDecision.Next(input with { HeldSince = Start.AddHours(8.1) }).Kind);
        var next = StepDecision.Next(input);
        Assert.Equal((DecisionKind.AskPerson, HoldReason.MaxHold), (next.Kind, next.Reason));
        Assert.Equal("Held for 3 days; a person must decide whether to go on or to roll back. About 1 more target request needed before 40 %.", next.Sentence);
    }

    [Theory]
    [InlineData(0, 1, DecisionKind.Hold)]
    [InlineData(1, 1, DecisionKind.Advance)]
    [InlineData(1, 2, DecisionKind.Hold)]
    [InlineData(1, 0, DecisionKind.Advance)]
    [InlineData(0, 0, DecisionKind.Hold)]
    public void Next_Gate_AsksForApprovals(int given, int required, DecisionKind expected)
    {
        var config = new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(20, 10, Gate: true)], ApprovalsRequired = required };
        var next = StepDecision.Next(CreateInput(minutes: 10, step: 0, config: config) with { Approvals = given });

        Assert.Equal(expected, next.Kind);
        Assert.Equal(expected == DecisionKind.Hold ? HoldReason.Approval : null, next.Reason);
    }

    [Fact]
    public void Next_ShadowPhase_NeedsNoSamplesAndEndsAtItsGate()
    {
        var config = new MigrationConfig { Strategy = Strategy.Shadow, DurationHours = 2 };
        var input = CreateInput(minutes: 60, step: 0, outcomes: 0, config: config) with { Readings = [Reading(Verdict.NoTraffic, judged: false)] };

        Assert.Equal("Mirroring 100 % of requests, answers compared only. 60 min to go.", StepDecision.Next(input).Sentence);
        var over = StepDecision.Next(input with { Now = Start.AddHours(2) });
        Assert.Equal((DecisionKind.Hold, HoldReason.ShadowDone), (over.Kind, over.Reason));
        Assert.Equal("The shadow phase is over. Resume starts the rollout at 10 %.", over.Sentence);
        var resumed = StepDecision.Next(input with { Now = Start.AddHours(2), Approvals = 1 });
        Assert.Equal((DecisionKind.Advance, 1), (resumed.Kind, resumed.NextStep));
    }

    [Fact]
    public void Next_ShadowPhaseThatAPersonPaused_DoesNotEnd()
    {
        var config = new MigrationConfig { Strategy = Strategy.Shadow, DurationHours = 2 };
        var input = CreateInput(minutes: 180, step: 0, outcomes: 0, config: config) with { Paused = true };

        Assert.Equal((DecisionKind.Wait, "Paused: nothing is mirrored."), (StepDecision.Next(input).Kind, StepDecision.Next(input).Sentence));
        Assert.Equal(HoldReason.ShadowDone, StepDecision.Next(input with { ShadowDone = true }).Reason);
    }

    [Fact]
    public void Next_OutsideTheWindow_HoldsUntilItOpens()
    {
        var config = new MigrationConfig { Windows = [new TimeWindow([DayOfWeek.Wednesday], new TimeOnly(14, 0), new TimeOnly(16, 0), "UTC")] };
        var input = CreateInput(minutes: 60, config: config);
        var next = StepDecision.Next(input);

        Assert.Equal((DecisionKind.Hold, HoldReason.Window), (next.Kind, next.Reason));
        Assert.Equal(new DateTimeOffset(2027, 1, 6, 14, 0, 0, TimeSpan.Zero), next.Until);
        Assert.Equal("Ready for 40 %, outside the hours allowed; they begin Wed 6 Jan 14:00 UTC.", next.Sentence);
        Assert.Equal(DecisionKind.Advance, StepDecision.Next(input with { Now = next.Until!.Value }).Kind);
    }

    [Fact]
    public void Next_LastStep_SoakStartsAtOnceAndEndsOnEvidence()
    {
        var input = CreateInput(minutes: 0, step: 9, outcomes: 0) with { Readings = [Reading(Verdict.NoTraffic)] };
        Assert.Equal(DecisionKind.Finish, StepDecision.Next(input).Kind);

        var soaking = input with { Soaking = true, Now = Start.AddMinutes(59) };
        Assert.Equal("No target traffic yet. Completes in 60 s if 50 more target requests arrive.", StepDecision.Next(soaking).Sentence);
        Assert.Equal(HoldReason.NoTraffic, StepDecision.Next(soaking with { Now = Start.AddMinutes(60) }).Reason);
        Assert.Equal(
            HoldReason.Watch,
            StepDecision.Next(soaking with { Now = Start.AddMinutes(60), StepTargetOutcomes = 80, Readings = [Reading(Verdict.Watch)] }).Reason);
        Assert.Equal(
            DecisionKind.Complete,
            StepDecision.Next(soaking with { Now = Start.AddMinutes(60), StepTargetOutcomes = 50, Readings = [Reading(Verdict.Healthy)] }).Kind);
    }

    [Fact]
    public void Next_SoakOverOutsideTheWindow_Completes()
    {
        var config = new MigrationConfig { Windows = [new TimeWindow([DayOfWeek.Wednesday], new TimeOnly(14, 0), new TimeOnly(16, 0), "UTC")] };
        var input = CreateInput(minutes: 60, step: 9, config: config) with { Soaking = true };

        Assert.Equal(DecisionKind.Complete, StepDecision.Next(input).Kind);
    }

    [Fact]
    public void Next_ShadowPhaseResumedInAnOutage_GoesOn()
    {
        var config = new MigrationConfig { Strategy = Strategy.Shadow, DurationHours = 2 };
        var input = CreateInput(minutes: 120, step: 0, outcomes: 0, config: config) with { Approvals = 1 };

        Assert.Equal(DecisionKind.Advance, StepDecision.Next(input with { OutageHold = true }).Kind);
        Assert.Equal(DecisionKind.Advance, StepDecision.Next(input with { Split = Reading(Verdict.Watch) }).Kind);
    }

    // A clock that jumps back waits, one that jumps ahead ends the time of one step, which still asks for its evidence; neither reaches further.
    [Theory]
    [InlineData(-1_000_000, 50, DecisionKind.Wait, null)]
    [InlineData(1_000_000, 0, DecisionKind.Hold, null)]
    [InlineData(1_000_000, 50, DecisionKind.Advance, 3)]
    public void Next_ClockJumps_TakesOneStepAtMostAndOnlyOnEvidence(double minutes, int outcomes, DecisionKind kind, int? next)
    {
        var decision = StepDecision.Next(CreateInput(minutes, outcomes: outcomes));

        Assert.Equal((kind, next), (decision.Kind, decision.NextStep));
        Assert.Equal(DecisionKind.Rollback, StepDecision.Next(CreateInput(minutes) with { Readings = [Reading(Verdict.Breach)] }).Kind);
    }

    // The soak's outcomes are counted since the step to 100 % began, its time since it began itself.
    [Fact]
    public void Decide_Soaking_TellsNoRate()
    {
        var migration = new Migration { Id = "mig_1", SourceModel = "gpt-4", CreatedAt = Start, CreatedBy = "Ada" };
        migration.Configure("gpt-5.6-sol", new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(100, 1)], MinSamples = 500 }, [], "Ada", Start);
        migration.Execute("Ada", Start);
        var judge = new MigrationJudge(Outcomes.CreateConfig());
        judge.BeginStep(migration.Step, migration.Weight);
        for (ulong i = 0; i < 100; i++)
        {
            judge.Fold(Outcomes.Outcome(unit: i));
        }

        Assert.Null(migration.Soak("Ada", Start.AddHours(1)));
        var next = RolloutController.Decide(migration, JudgeView.Of(judge), Start.AddHours(1).AddSeconds(10));

        Assert.Contains("400 more target requests", next.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("at this rate", next.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Next_NoGuardrailArmed_TimeAndSamplesDecide()
    {
        Assert.Equal("Next step to 40 % in 59 min.", StepDecision.Next(CreateInput(minutes: 1) with { Readings = [] }).Sentence);
        Assert.Equal(DecisionKind.Advance, StepDecision.Next(CreateInput(minutes: 60) with { Readings = [] }).Kind);
    }

    private static StepInput CreateInput(double minutes, int step = 2, long outcomes = 50, MigrationConfig? config = null)
    {
        config ??= new MigrationConfig();
        return new StepInput
        {
            Config = config,
            Steps = RolloutSteps.Compile(config),
            Step = step,
            StepStartedAt = Start,
            Now = Start.AddMinutes(minutes),
            StepTargetOutcomes = outcomes,
            Readings = [Reading(Verdict.Healthy)],
        };
    }

    private static GuardrailReading Reading(Verdict verdict, bool judged = true, long needed = 0) => new()
    {
        Guardrail = GuardrailKind.ErrorRate,
        Verdict = verdict,
        Evidence = 1,
        Threshold = 300,
        WatchAt = Math.Sqrt(300),
        Limit = 0.05,
        Samples = 100,
        Needed = needed,
        Detail = "3 of 100 target requests failed (3 %); the limit is 5 %.",
        Judged = judged,
        BlocksAdvance = true,
    };
}

using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Migrations;

namespace Gateflow.Tests.Migrations;

public sealed class MigrationTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, Func<Migration, Refusal?>> Verbs = new()
    {
        ["execute"] = m => m.Execute("me", Now),
        ["pause"] = m => m.Pause("me", Now, null),
        ["resume"] = m => m.Resume("me", Now, null),
        ["advance"] = m => m.Advance("me", Now),
        ["promote"] = m => m.Promote("me", Now, null),
        ["approve"] = m => m.Approve("me", Now, null),
        ["cancel"] = m => m.Cancel("me", Now, null),
        ["rollback"] = m => m.RollBack("me", Now, []),
    };

    public static TheoryData<MigrationStatus, string> Pairs()
    {
        var pairs = new TheoryData<MigrationStatus, string>();
        foreach (var status in Enum.GetValues<MigrationStatus>())
        {
            foreach (var verb in Verbs.Keys)
            {
                pairs.Add(status, verb);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Verb_InEachState_IsAllowedExactlyWhereListed(MigrationStatus status, string verb)
    {
        var migration = In(status);
        var events = migration.NewEvents.Count;

        var refusal = Verbs[verb](migration);

        Assert.Equal(migration.Allowed().Contains(verb) || refusal is null, refusal is null);
        if (refusal is null)
        {
            Assert.Equal(events + 1, migration.NewEvents.Count);
        }
        else
        {
            Assert.DoesNotContain(verb, In(status).Allowed());
            Assert.Equal((RefusalKind.Conflict, status), (refusal.Kind, refusal.Status));
            Assert.Matches(@"^This migration (is|was) .+\. [A-Z].+\.$", refusal.Message); // how it stands, then what to do
            Assert.Equal(status, migration.Status);
            Assert.Equal(events, migration.NewEvents.Count);
        }
    }

    [Fact]
    public void Execute_Canary_TakesTheFirstStep()
    {
        var migration = In(MigrationStatus.InProgress);

        Assert.Equal((0, 10.0), (migration.Step, migration.Weight));
        var started = migration.NewEvents[^1];
        Assert.Equal(MigrationEventType.Started, started.Type);
        Assert.Equal(10, started.Data["weight"]!.GetValue<double>());
        Assert.Equal(0, started.Data["step"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(MigrationStatus.Draft, MigrationEventType.Started)]
    [InlineData(MigrationStatus.Scheduled, MigrationEventType.Scheduled)]
    public void Execute_WithAReason_ItsEventTellsIt(MigrationStatus end, MigrationEventType type)
    {
        var migration = Draft();
        migration.Configure("b", end == MigrationStatus.Draft ? migration.Config : migration.Config with { Strategy = Strategy.Scheduled, ExecuteAt = Now.AddDays(1) }, [], "me", Now);

        Assert.Null(migration.Execute("me", Now, "agreed in the release meeting"));

        Assert.Equal((type, "agreed in the release meeting"), (migration.NewEvents[^1].Type, (string?)migration.NewEvents[^1].Data["reason"]));
    }

    [Fact]
    public void Execute_WithoutTarget_IsInvalid()
    {
        var refusal = Draft().Execute("me", Now);

        Assert.Equal((RefusalKind.Invalid, "target_model"), (refusal!.Kind, refusal.Param));
    }

    [Fact]
    public void Execute_ScheduledForLater_WaitsAndThenStarts()
    {
        var migration = Draft();
        migration.Configure("b", migration.Config with { Strategy = Strategy.Scheduled, ExecuteAt = Now.AddHours(1) }, [], "me", Now);

        Assert.Null(migration.Execute("me", Now));
        Assert.Equal((MigrationStatus.Scheduled, 0.0), (migration.Status, migration.Weight));
        Assert.Null(migration.Execute("gateflow", Now.AddHours(1)));
        Assert.Equal((MigrationStatus.InProgress, 100.0), (migration.Status, migration.Weight));
    }

    [Fact]
    public void Advance_StepByStep_EndsInSoakAndCompletion()
    {
        var migration = In(MigrationStatus.InProgress);
        List<double> weights = [migration.Weight];
        while (migration.Status == MigrationStatus.InProgress)
        {
            Assert.Null(migration.Advance("me", Now));
            weights.Add(migration.Weight);
        }

        Assert.Equal([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 100], weights);
        Assert.Equal(MigrationStatus.Soaking, migration.Status);
        Assert.Null(migration.Advance("me", Now));
        Assert.Equal(MigrationStatus.Completed, migration.Status);
    }

    [Fact]
    public void RollBack_NotesWhereItStood()
    {
        var migration = In(MigrationStatus.Soaking);

        Assert.Null(migration.RollBack("me", Now, new JsonObject { ["reason"] = "bad" }));

        Assert.Equal((MigrationStatus.RolledBack, 0.0), (migration.Status, migration.Weight));
        Assert.Equal(100, migration.NewEvents[^1].Data["weight"]!.GetValue<double>());
    }

    [Fact]
    public void Configure_WhilePaused_TightensGuardrailsOnly()
    {
        var migration = In(MigrationStatus.Paused);

        Assert.Null(migration.Configure("b", migration.Config with { MinSamples = 5 }, ["min_samples"], "me", Now));
        Assert.Null(Limits(new RollbackThreshold { ErrorRate = 0.02 }));
        foreach (var (limits, param) in new[]
        {
            (new RollbackThreshold { ErrorRate = 0.03 }, "rollback_threshold.error_rate"),
            (new RollbackThreshold(), "rollback_threshold.error_rate"),
            (new RollbackThreshold { ErrorRate = 0.02, LatencyP99Increase = 2 }, "rollback_threshold.latency_p99_increase"),
        })
        {
            var refusal = Limits(limits);
            Assert.Equal(("not_editable", param), (refusal!.Code, refusal.Param));
        }

        Assert.Equal("alpha", migration.Configure("b", migration.Config with { Alpha = 0.001 }, ["alpha"], "me", Now)!.Param);
        Assert.Equal(0.02, migration.Config.RollbackThreshold.ErrorRate);

        Refusal? Limits(RollbackThreshold limits) =>
            migration.Configure("b", migration.Config with { RollbackThreshold = limits }, ["rollback_threshold"], "me", Now);
    }

    [Fact]
    public void Configure_Scheduled_NeverBringsTheStartForwardToNow()
    {
        var migration = In(MigrationStatus.Scheduled);
        var (config, events) = (migration.Config, migration.NewEvents.Count);

        foreach (var atOnce in new[] { config with { Strategy = Strategy.Instant }, config with { ExecuteAt = Now.AddHours(-1) }, config with { Strategy = Strategy.Canary, ExecuteAt = null } })
        {
            var refusal = migration.Configure("b", atOnce, ["strategy"], "me", Now);
            Assert.Equal((RefusalKind.Conflict, "starts_at_once", MigrationStatus.Scheduled), (refusal!.Kind, refusal.Code, refusal.Status));
        }

        Assert.Equal("windows", migration.Configure("b", config with { Windows = [new TimeWindow([(DayOfWeek)9], new TimeOnly(9, 0), new TimeOnly(17, 0), "UTC")] }, ["windows"], "me", Now)!.Param);
        Assert.Equal((config, events), (migration.Config, migration.NewEvents.Count));
        Assert.Null(migration.Configure("b", config with { ExecuteAt = Now.AddHours(1), Then = Strategy.Canary }, ["execute_at", "then"], "me", Now));
        Assert.Null(migration.Configure("b", config with { Strategy = Strategy.Instant, Blackouts = [new Blackout(Now, Now.AddDays(1))] }, ["strategy", "blackouts"], "me", Now));
    }

    [Fact]
    public void Configure_ScheduledThatWasDue_MayGoOnAtOnce()
    {
        var migration = In(MigrationStatus.Scheduled);
        migration.Hold(Migration.Overlap, "…", Now.AddDays(1));

        Assert.Null(migration.Configure("b", migration.Config with { Scope = new MigrationScope { Features = ["chat"] } }, ["scope"], "me", Now.AddDays(1)));

        Assert.Equal((MigrationStatus.Scheduled, null), (migration.Status, migration.HoldReason));
    }

    [Fact]
    public void Configure_StepsWhilePaused_KeepsTheWeightAndFindsItsPlace()
    {
        var migration = In(MigrationStatus.InProgress);
        Assert.Null(migration.Advance("me", Now));
        Assert.Null(migration.Pause("me", Now, null));

        Assert.Equal("canary_percentage", migration.Configure("b", migration.Config with { CanaryPercentage = 50 }, ["canary_percentage"], "me", Now)!.Param);
        Assert.Null(migration.Configure("b", migration.Config with { CanaryPercentage = 5, IncreaseStep = 25 }, ["canary_percentage", "increase_step"], "me", Now.AddHours(1)));

        Assert.Equal((0, 20.0, Now.AddHours(1)), (migration.Step, migration.Weight, migration.StepStartedAt));
        Assert.Null(migration.Advance("me", Now));
        Assert.Equal((1, 30.0), (migration.Step, migration.Weight));
    }

    [Fact]
    public void Hold_SameReasonTwice_IsNotedOnce()
    {
        var migration = In(MigrationStatus.InProgress);
        var events = migration.NewEvents.Count;

        Assert.True(migration.Hold("watch", "…", Now));
        Assert.False(migration.Hold("watch", "…", Now.AddSeconds(1)));

        Assert.Equal(events + 1, migration.NewEvents.Count);
        Assert.Equal(Now, migration.HeldSince);
        Assert.True(migration.Release());
        Assert.False(migration.Release());
    }

    [Theory]
    [InlineData("breach_no_auto_rollback", true)]
    [InlineData("max_hold", true)]
    [InlineData("watch", false)]
    public void Hold_ForAnotherReasonAfterItWasTold_IsToldAgainWhereItIsUrgent(string reason, bool again)
    {
        var migration = In(MigrationStatus.InProgress);
        migration.Hold("not_enough_data", "…", Now);
        Assert.True(migration.TellHold(Now.AddHours(1), TimeSpan.FromHours(1)));

        Assert.True(migration.Hold(reason, "…", Now.AddHours(2)));

        Assert.Equal((again, Now), (migration.TellHold(Now.AddHours(2), TimeSpan.Zero), migration.HeldSince));
    }

    [Fact]
    public void Hold_AfterThePlannedWaitForItsHours_BeginsAnew()
    {
        var migration = In(MigrationStatus.InProgress);
        migration.Hold("window", "…", Now);
        Assert.Equal((Now, null), (migration.HeldSince, migration.UnplannedSince));

        migration.Hold("not_enough_data", "…", Now.AddDays(7));

        Assert.Equal((Now.AddDays(7), Now.AddDays(7)), (migration.HeldSince, migration.UnplannedSince));
    }

    [Fact]
    public void Execute_WindowsThatNeverOpen_IsRefused()
    {
        var migration = new Migration { Id = "mig_1", SourceModel = "a", CreatedAt = Now, CreatedBy = "ada" };
        migration.Configure("b", new MigrationConfig { Windows = [new TimeWindow([(DayOfWeek)9], new TimeOnly(9, 0), new TimeOnly(17, 0), "UTC")] }, [], "ada", Now);

        Assert.Equal((RefusalKind.Invalid, "windows"), migration.Execute("ada", Now) is { } refusal ? (refusal.Kind, refusal.Param) : default);
        Assert.Equal(MigrationStatus.Draft, migration.Status);
    }

    [Fact]
    public void MovedSince_OtherStepOrStatus_SaysWhereItStands()
    {
        var migration = In(MigrationStatus.InProgress);
        var seen = new Seen(migration.Status, migration.Step, migration.TargetModel, migration.Config);
        Assert.Null(migration.MovedSince(null));
        Assert.Null(migration.MovedSince(seen));

        migration.Advance("other", Now);
        var moved = migration.MovedSince(seen);
        migration.Pause("other", Now, null);
        var paused = migration.MovedSince(seen with { Step = 1 });

        Assert.Equal((RefusalKind.Conflict, "moved_meanwhile"), (moved!.Kind, moved.Code));
        Assert.Equal("It moved to step 2 of 10 meanwhile. This migration is running, with 20 % of the traffic on b.", moved.Message);
        Assert.Equal("It changed meanwhile. This migration is paused, with 20 % of the traffic on b.", paused!.Message);
    }

    [Fact]
    public void MovedSince_OnlyStatusOrStepExpected_AsksNothingElse()
    {
        var migration = In(MigrationStatus.InProgress);
        migration.Advance("other", Now);

        Assert.Null(migration.MovedSince(new Seen(null, null)));
        Assert.Null(migration.MovedSince(new Seen(MigrationStatus.InProgress, null)));
        Assert.Null(migration.MovedSince(new Seen(MigrationStatus.InProgress, 1)));
        Assert.Equal("It is in_progress, not soaking. This migration is running, with 20 % of the traffic on b.", migration.MovedSince(new Seen(MigrationStatus.Soaking, null))!.Message);
        Assert.Equal("It is at step 2 of 10, not at step 1. This migration is running, with 20 % of the traffic on b.", migration.MovedSince(new Seen(null, 0))!.Message);
    }

    [Fact]
    public void MovedSince_OtherTargetOrConfiguration_SaysSo()
    {
        var migration = In(MigrationStatus.Draft);
        var config = migration.Config with { Scope = new MigrationScope { Features = ["chat"] } };
        migration.Configure("b", config, ["scope"], "me", Now);
        var seen = new Seen(MigrationStatus.Draft, -1, "b", config with { Scope = new MigrationScope { Features = ["chat"] } });
        Assert.Null(migration.MovedSince(seen));

        migration.Configure("b", config with { CanaryPercentage = 50 }, ["canary_percentage"], "other", Now);
        var reconfigured = migration.MovedSince(seen);
        migration.Configure("c", config, ["target_model"], "other", Now);

        Assert.Equal("Its target or configuration changed meanwhile. This migration is a draft: no traffic moves yet.", reconfigured!.Message);
        Assert.Equal("moved_meanwhile", migration.MovedSince(seen)!.Code);
    }

    [Fact]
    public void Resume_AfterTheShadowPhaseOutsideTheHours_TakesAReason()
    {
        var migration = Shadowing(new MigrationConfig { Strategy = Strategy.Shadow, Then = Strategy.Instant, Blackouts = [new Blackout(Now.AddHours(24), Now.AddHours(48))] });
        Assert.True(migration.EndShadow("…", Now.AddHours(24)));

        Assert.Equal("reason", migration.Resume("me", Now.AddHours(25), null)!.Param);
        Assert.Equal((MigrationStatus.Paused, 0.0, true), (migration.Status, migration.Weight, migration.IsShadowDone));

        Assert.Null(migration.Resume("me", Now.AddHours(25), "agreed"));
        Assert.Equal((MigrationStatus.InProgress, 100.0, false), (migration.Status, migration.Weight, migration.IsShadowDone));
    }

    [Fact]
    public void Resume_ShadowPhase_ItsTimeStoodStillAndThatOfOtherStepsWentOn()
    {
        var shadow = Shadowing(new MigrationConfig { Strategy = Strategy.Shadow });
        var canary = In(MigrationStatus.InProgress);
        foreach (var migration in new[] { shadow, canary })
        {
            Assert.Null(migration.Pause("me", Now.AddHours(1), null));
            Assert.Null(migration.Resume("me", Now.AddHours(25), null, Now.AddHours(1)));
        }

        Assert.Equal((Now.AddHours(24), Now), (shadow.StepStartedAt, canary.StepStartedAt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Promote_FromTheShadowPhase_SendsAllToTheTarget(bool over)
    {
        var migration = Shadowing(new MigrationConfig { Strategy = Strategy.Shadow });
        if (over)
        {
            Assert.True(migration.EndShadow("…", Now.AddHours(24)));
        }

        Assert.Null(migration.Promote("me", Now.AddHours(25), null));

        Assert.Equal((MigrationStatus.InProgress, 10, 100.0, false), (migration.Status, migration.Step, migration.Weight, migration.IsShadowDone));
        Assert.Equal((Now.AddHours(25), null), (migration.StepStartedAt, migration.HeldSince));
        Assert.Equal((MigrationEventType.Promoted, 100.0), (migration.NewEvents[^1].Type, migration.NewEvents[^1].Data["weight"]!.GetValue<double>()));
    }

    [Fact]
    public void Approve_GateOfAStepWithTrafficThatMirrors_IsAGate()
    {
        var migration = Draft();
        migration.Configure("b", new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(20, 1, Gate: true, Mirror: 50)], ApprovalsRequired = 2 }, [], "me", Now);
        Assert.Null(migration.Execute("me", Now));

        Assert.Equal("approval_required", migration.Advance("me", Now)!.Code);
        Assert.Null(migration.Approve("other", Now, null));
        Assert.Null(migration.Advance("me", Now));
    }

    private static Migration Shadowing(MigrationConfig config)
    {
        var migration = Draft();
        migration.Configure("b", config, [], "me", Now);
        Assert.Null(migration.Execute("me", Now));
        return migration;
    }

    private static Migration Draft()
    {
        var migration = new Migration { Id = "mig_1", SourceModel = "a", CreatedAt = Now, CreatedBy = "me" };
        migration.Create("me", Now, []);
        return migration;
    }

    private static Migration In(MigrationStatus status)
    {
        var migration = Draft();
        migration.Configure("b", migration.Config, ["target_model"], "me", Now);
        if (status == MigrationStatus.Scheduled)
        {
            migration.Configure("b", migration.Config with { Strategy = Strategy.Scheduled, ExecuteAt = Now.AddDays(1) }, ["strategy"], "me", Now);
        }

        string[] path = status switch
        {
            MigrationStatus.Draft => [],
            MigrationStatus.Scheduled or MigrationStatus.InProgress => ["execute"],
            MigrationStatus.Paused => ["execute", "pause"],
            MigrationStatus.Soaking => ["execute", "promote", "advance"],
            MigrationStatus.Completed => ["execute", "promote", "advance", "advance"],
            MigrationStatus.RolledBack => ["execute", "rollback"],
            _ => ["cancel"],
        };
        foreach (var verb in path)
        {
            Assert.Null(Verbs[verb](migration));
        }

        Assert.Equal(status, migration.Status);
        return migration;
    }
}

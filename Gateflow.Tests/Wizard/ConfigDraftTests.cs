using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Wizard;

namespace Gateflow.Tests.Wizard;

public sealed class ConfigDraftTests
{
    [Fact]
    public void Patch_OnlyTyped_LeavesTheStrategyOutUnlessItWasChosen()
    {
        var draft = new ConfigDraft(new MigrationConfig(), onlyTyped: true);
        draft.SetNumber("canary_percentage", "20");
        Assert.Equal("""{"canary_percentage":20}""", draft.Patch().ToJsonString());

        draft.SetEnum("strategy", Strategy.Instant);

        Assert.Equal("instant", draft.Patch()["strategy"]!.GetValue<string>());
    }

    [Fact]
    public void New_Defaults_AreCleanAndRight()
    {
        var draft = new ConfigDraft(new MigrationConfig());

        Assert.False(draft.IsDirty);
        Assert.Empty(draft.Faults);
        Assert.Equal("10", draft.Number("canary_percentage"));
        Assert.Equal("5", draft.Number("rollback_threshold.error_rate"));
        Assert.Equal(["strategy"], draft.Patch().Select(p => p.Key));
    }

    [Theory]
    [InlineData("canary_percentage", "abc", "This is not a number that fits here.")]
    [InlineData("canary_percentage", "", "This is not a number that fits here.")]
    [InlineData("canary_percentage", "101", "The first step must lie between 0.01 and 100.")]
    [InlineData("min_samples", "1.5", "This is not a number that fits here.")]
    [InlineData("min_samples", "1,000", "Write it without a comma: it may mean two numbers.")]
    [InlineData("increase_interval_minutes", "1,440", "Write it without a comma: it may mean two numbers.")]
    [InlineData("rollback_threshold.error_rate", "", "Enter a limit, or switch it off.")]
    [InlineData("rollback_threshold.error_rate", "100", "The error rate must lie between 0 and 100 %, both excluded.")]
    [InlineData("rollback_threshold.latency_p99_increase", "1", "The latency is a ratio to the source")]
    [InlineData("alpha", "0.9", "The chance of a false rollback must lie between")]
    public void SetNumber_Wrong_SaysSoBesideTheField(string field, string typed, string message)
    {
        var draft = new ConfigDraft(new MigrationConfig());

        draft.SetNumber(field, typed);

        Assert.StartsWith(message, draft.FaultOf(field), StringComparison.Ordinal);
        Assert.Single(draft.Faults);
        Assert.Equal(typed, draft.Number(field));
    }

    [Theory]
    [InlineData("windows", "Mon-Fri 9 to 5", "“Mon-Fri 9 to 5” is not understood. Write it like: Mon-Fri 09:00-17:00 Europe/Berlin")]
    [InlineData("windows", "Mon-Fri 09:00-17:00 Europe/Nowhere", "time_zone 'Europe/Nowhere' is no IANA time zone")]
    [InlineData("windows", "Mon-Fri 09:00-17:00 UTC\nWed 16:00-18:00 UTC", "the windows 09:00–17:00 UTC and 16:00–18:00 UTC overlap")]
    [InlineData("windows", "Sat 22:00-04:00 UTC\nSun 03:00-05:00 UTC", "the windows 22:00–04:00 UTC and 03:00–05:00 UTC overlap")]
    [InlineData("blackouts", "2027-01-02 00:00 - 2026-12-24 00:00", "a blackout must end after it begins")]
    [InlineData("blackouts", "2027-01-02 00:00 - 2029-12-24 00:00", "a blackout may last at most 366 days")]
    [InlineData("steps", "50 % 10 min\n20 % 10 min", "The list of steps must have rising weights")]
    [InlineData("steps", "50 % 1,440 min", "“50 % 1,440 min” is not understood.")]
    public void SetLines_Wrong_SaysSoBesideTheField(string field, string typed, string message)
    {
        var draft = new ConfigDraft(new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(10, 10)] });

        draft.SetLines(field, typed);

        Assert.StartsWith(message, draft.FaultOfLines(field), StringComparison.Ordinal);
        Assert.Equal(typed, draft.Lines(field));
    }

    [Fact]
    public void SetLines_Right_AreWhatTheApiTakesAndReadTheSame()
    {
        var draft = new ConfigDraft(new MigrationConfig());

        draft.SetEnum("strategy", Strategy.Steps);
        draft.SetLines("steps", "0 % 60 min mirror 50 % gate\n5 % 30 min\n25% 60 gate\n30 % 12,5 min mirror 0.5");
        draft.SetLines("windows", "Mon-Wed,Fri 09:00-17:00 Europe/Berlin\nSat-Sun 22:00-04:00 UTC");
        draft.SetLines("blackouts", "2026-12-24 00:00 - 2027-01-02 06:30");

        Assert.Empty(draft.Faults);
        Assert.Equal([new StepConfig(0, 60, Gate: true, Mirror: 50), new StepConfig(5, 30), new StepConfig(25, 60, Gate: true), new StepConfig(30, 12.5, Mirror: 0.5)], draft.Config.Steps);
        Assert.Equal([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Friday], draft.Config.Windows[0].Days);
        Assert.Equal(new DateTimeOffset(2027, 1, 2, 6, 30, 0, TimeSpan.Zero), draft.Config.Blackouts[0].To);
        var stored = new ConfigDraft(draft.Config);
        Assert.Equal("0 % 60 min mirror 50 % gate\n5 % 30 min\n25 % 60 min gate\n30 % 12.5 min mirror 0.5 %", stored.Lines("steps"));
        Assert.Equal("Mon,Tue,Wed,Fri 09:00-17:00 Europe/Berlin\nSat,Sun 22:00-04:00 UTC", stored.Lines("windows"));
        Assert.Equal("2026-12-24 00:00 - 2027-01-02 06:30", stored.Lines("blackouts"));
    }

    [Fact]
    public void SetNumber_Mended_IsRightAgain()
    {
        var draft = new ConfigDraft(new MigrationConfig());

        draft.SetNumber("canary_percentage", "abc");
        draft.SetNumber("canary_percentage", "12,5");

        Assert.Empty(draft.Faults);
        Assert.Equal(12.5, draft.Config.CanaryPercentage);
        Assert.Equal(["strategy", "canary_percentage"], draft.Patch().Select(p => p.Key));
    }

    [Theory]
    [InlineData("increase_step", "2.", 2)]
    [InlineData("increase_step", "2,50", 2.5)]
    [InlineData("increase_step", "2.000", 2)]
    [InlineData("increase_step", "0,125", 0.125)]
    public void SetNumber_HalfTyped_StandsAsItIsTyped(string field, string typed, double read)
    {
        var draft = new ConfigDraft(new MigrationConfig());

        draft.SetNumber(field, typed);

        Assert.Equal((typed, read), (draft.Number(field), draft.Config.IncreaseStep));
        draft.Stored(draft.Config, draft.Typed());
        Assert.Equal(read.ToString(System.Globalization.CultureInfo.InvariantCulture), draft.Number(field));
    }

    [Fact]
    public void Stored_BySomebodyElse_ShowsWhatHoldsNow()
    {
        var draft = new ConfigDraft(new MigrationConfig());
        draft.SetNumber("min_samples", "50.");

        draft.Stored(new MigrationConfig { MinSamples = 7 });

        Assert.Equal("7", draft.Number("min_samples"));
    }

    [Fact]
    public void SetNumber_GuardrailCleared_StaysArmedUntilItIsSwitchedOff()
    {
        var draft = new ConfigDraft(new MigrationConfig());

        draft.SetNumber("rollback_threshold.error_rate", "");
        var cleared = draft.Config.RollbackThreshold.ErrorRate;
        draft.Arm("error_rate", null);

        Assert.Equal(0.05, cleared);
        Assert.Empty(draft.Faults);
        Assert.Null(draft.Config.RollbackThreshold.ErrorRate);
    }

    [Fact]
    public void SetNumber_BackToWhatIsSaved_IsClean()
    {
        var draft = new ConfigDraft(new MigrationConfig());

        draft.SetNumber("increase_interval_minutes", "5");
        draft.SetNumber("increase_interval_minutes", "60");
        draft.SetNumber("rollback_threshold.error_rate", "6");
        draft.SetNumber("rollback_threshold.error_rate", "5");

        Assert.False(draft.IsDirty);
    }

    [Fact]
    public void Arm_OnAndOff_ChangesTheThresholdAlone()
    {
        var draft = new ConfigDraft(new MigrationConfig());

        draft.Arm("latency_p99_increase", 2);
        draft.Arm("error_rate", null);

        Assert.Equal(new RollbackThreshold { LatencyP99Increase = 2 }, draft.Config.RollbackThreshold);
        Assert.Equal(draft.Config.RollbackThreshold, ConfigPatch.Apply(new MigrationConfig(), draft.Patch()).Config.RollbackThreshold);
    }

    [Fact]
    public void SetEnum_ScheduledWithoutAStart_AsksForOne()
    {
        var draft = new ConfigDraft(new MigrationConfig());

        draft.SetEnum("strategy", Strategy.Scheduled);
        var asked = draft.FaultOf("execute_at");
        draft.SetTime("execute_at", new DateTimeOffset(2026, 12, 1, 9, 30, 0, TimeSpan.FromHours(1)));

        Assert.Equal("Say when it starts.", asked);
        Assert.Empty(draft.Faults);
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 8, 30, 0, TimeSpan.Zero), draft.Config.ExecuteAt);
    }

    [Fact]
    public void UseDemoPace_Always_IsTheQuickCanary()
    {
        var draft = new ConfigDraft(new MigrationConfig { Strategy = Strategy.Instant });

        draft.UseDemoPace();

        Assert.Equal((Strategy.Canary, 20, 20, 0.2, 10, 0.2), (draft.Config.Strategy, draft.Config.CanaryPercentage, draft.Config.IncreaseStep,
            draft.Config.IncreaseIntervalMinutes, draft.Config.MinSamples, draft.Config.SoakMinutes));
        Assert.Empty(draft.Faults);
    }

    [Fact]
    public void SetList_Names_FillTheScope()
    {
        var draft = new ConfigDraft(new MigrationConfig());

        draft.SetList("scope.features", "chat, search");

        Assert.Equal(["chat", "search"], draft.Config.Scope.Features);
        Assert.Equal("chat, search", draft.List("scope.features"));
    }

    [Fact]
    public void SetMirror_OnlyABudget_MirrorsEverything()
    {
        var draft = new ConfigDraft(new MigrationConfig { Strategy = Strategy.Shadow });

        draft.SetMirror(null, "5");

        Assert.Equal(new MirrorConfig(100, 5), draft.Config.Mirror);
    }

    [Fact]
    public void Stored_WhileTyping_KeepsWhatWasTyped()
    {
        var draft = new ConfigDraft(new MigrationConfig());
        draft.SetNumber("canary_percentage", "25");

        draft.Stored(new MigrationConfig { MinSamples = 7 });

        Assert.Equal((25, 7), (draft.Config.CanaryPercentage, draft.Config.MinSamples));
        Assert.True(draft.IsDirty);
    }

    [Fact]
    public void Stored_TypedWhileItWasSent_StaysTyped()
    {
        var draft = new ConfigDraft(new MigrationConfig());
        draft.SetNumber("canary_percentage", "25");
        draft.SetNumber("increase_step", "30");
        draft.SetNumber("min_samples", "70");
        var (sent, config) = (draft.Typed(), draft.Config);

        draft.SetNumber("approvals_required", "2");
        draft.SetNumber("increase_step", "35");
        draft.SetNumber("min_samples", "50"); // back to what was stored before
        draft.Stored(config, sent);

        Assert.Equal(["approvals_required", "increase_step", "min_samples"], draft.Typed().Keys.Order());
        Assert.Equal((25, 35, 50, 2), (draft.Config.CanaryPercentage, draft.Config.IncreaseStep, draft.Config.MinSamples, draft.Config.ApprovalsRequired));
        Assert.Equal((30, 70), (draft.Seen()["increase_step"]!.GetValue<double>(), draft.Seen()["min_samples"]!.GetValue<int>()));
    }

    [Fact]
    public void Stored_TheSameBySomebodyElse_IsNoLongerUnsaved()
    {
        var draft = new ConfigDraft(new MigrationConfig());
        draft.SetNumber("canary_percentage", "25");
        draft.SetLines("windows", "Daily 09:00-17:00 UTC");

        draft.Stored(draft.Config);
        Assert.False(draft.IsDirty);
        draft.Stored(new MigrationConfig { CanaryPercentage = 40 });

        Assert.Equal(("40", ""), (draft.Number("canary_percentage"), draft.Lines("windows")));
    }

    [Fact]
    public void Seen_AfterSomebodyElseStored_IsWhatStoodInEachFieldWhenItWasTyped()
    {
        var draft = new ConfigDraft(new MigrationConfig());
        draft.SetNumber("canary_percentage", "25");
        draft.SetNumber("rollback_threshold.error_rate", "2");
        draft.SetMirror("20", null);

        draft.Stored(new MigrationConfig { CanaryPercentage = 40, MinSamples = 7, RollbackThreshold = new() { ErrorRate = 0.03, LatencyP99Increase = 2 } });

        var seen = draft.Seen();
        Assert.Equal((10, 7), (seen["canary_percentage"]!.GetValue<double>(), seen["min_samples"]!.GetValue<int>()));
        Assert.Equal((0.05, 2), (seen["rollback_threshold"]!["error_rate"]!.GetValue<double>(), seen["rollback_threshold"]!["latency_p99_increase"]!.GetValue<double>()));
        Assert.Null(seen["mirror"]);
    }
}

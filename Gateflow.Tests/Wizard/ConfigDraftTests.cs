using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Wizard;

namespace Gateflow.Tests.Wizard;

public sealed class ConfigDraftTests
{
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

        draft.Stored(new MigrationConfig { MinSamples = 7 }, keep: true);

        Assert.Equal((25, 7), (draft.Config.CanaryPercentage, draft.Config.MinSamples));
        Assert.True(draft.IsDirty);
    }
}

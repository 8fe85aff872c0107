using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;

namespace Gateflow.Tests.Migrations;

public sealed class ConfigPatchTests
{
    [Fact]
    public void Apply_SeedsCanary_SetsWhatIsGivenAndKeepsTheRest()
    {
        var (config, faults) = Apply("""
            {"strategy": "canary", "canary_percentage": 10, "auto_rollback": true, "rollback_threshold": {"error_rate": 0.05, "latency_p99_increase": 2.0}}
            """);

        Assert.Empty(faults);
        Assert.Equal((Strategy.Canary, 10.0, 60.0), (config.Strategy, config.CanaryPercentage, config.IncreaseIntervalMinutes));
        Assert.Equal(new RollbackThreshold { ErrorRate = 0.05, LatencyP99Increase = 2 }, config.RollbackThreshold);
    }

    [Fact]
    public void Apply_Threshold_ReplacesTheWholeObject()
    {
        var (config, _) = Apply("""{"rollback_threshold": {"latency_p99_increase": 2.0}}""");

        Assert.Null(config.RollbackThreshold.ErrorRate);
    }

    [Fact]
    public void Apply_Shims_AreOnUntilSwitchedOff()
    {
        Assert.True(Apply("{}").Config.Shims);
        Assert.False(Apply("""{"shims": false}""").Config.Shims);
    }

    [Fact]
    public void Apply_FractionsOfMinutes_AreTaken() => Assert.Equal(0.05, Apply("""{"increase_interval_minutes": 0.05}""").Config.IncreaseIntervalMinutes);

    [Theory]
    [InlineData("""{"rollback_threshold": {"error_rate": 1.5}}""", "rollback_threshold.error_rate")]
    [InlineData("""{"rollback_threshold": {"latency_p99_increase": 0.5}}""", "rollback_threshold.latency_p99_increase")]
    [InlineData("""{"rollback_threshold": {"quality_score_drop": -0.1}}""", "rollback_threshold.quality_score_drop")]
    [InlineData("""{"canary_percentage": 0}""", "canary_percentage")]
    [InlineData("""{"canary_percentage": "ten"}""", "canary_percentage")]
    [InlineData("""{"strategy": "sideways"}""", "strategy")]
    [InlineData("""{"strategy": "scheduled"}""", "execute_at")]
    [InlineData("""{"steps": [{"weight": 50, "hold_minutes": 1}, {"weight": 20, "hold_minutes": 1}]}""", "steps")]
    [InlineData("""{"execute_at": "9999-12-31T12:00:00Z"}""", "execute_at")]
    [InlineData("""{"blackouts": [{"from": "9999-12-01T00:00:00Z", "to": "9999-12-31T00:00:00Z"}]}""", "blackouts")]
    [InlineData("""{"rollback_threshold": {"error_rates": 0.05}}""", "rollback_threshold.error_rates")]
    [InlineData("""{"scope": {"feature": ["x"]}}""", "scope.feature")]
    [InlineData("""{"steps": [{"weight": 1, "hold_minutes": 1, "mirorr": 3}]}""", "steps[0].mirorr")]
    [InlineData("""{"steps": [{"weight": "NaN", "hold_minutes": 1}]}""", "steps[0].weight")]
    [InlineData("""{"strategy": 99}""", "strategy")]
    [InlineData("""{"sticky_by": 2}""", "sticky_by")]
    [InlineData("""{"then": 1}""", "then")]
    [InlineData("""{"on_insufficient": 1}""", "on_insufficient")]
    [InlineData("""{"strategy": "shadow,steps"}""", "strategy")]
    [InlineData("""{"strategy": "Instant"}""", "strategy")]
    [InlineData("""{"sticky_by": "conversation,user"}""", "sticky_by")]
    [InlineData("""{"steps": [{"weight": 10}]}""", "steps[0].hold_minutes")]
    [InlineData("""{"steps": [{"weight": 10, "hold_minutes": 1}, {"hold_minutes": 60}]}""", "steps[1].weight")]
    [InlineData("""{"windows": [{"days": [], "from": "09:00", "time_zone": "UTC"}]}""", "windows[0].to")]
    [InlineData("""{"blackouts": [{"to": "2027-01-01T00:00:00Z"}]}""", "blackouts[0].from")]
    [InlineData("""{"strategy": "shadow", "then": "steps"}""", "steps")]
    [InlineData("""{"steps": null}""", "steps")]
    [InlineData("""{"steps": [null]}""", "steps")]
    [InlineData("""{"scope": null}""", "scope")]
    [InlineData("""{"scope": {"features": null}}""", "scope.features")]
    [InlineData("""{"scope": {"features": [null]}}""", "scope.features")]
    [InlineData("""{"scope": {"features": ["chat", ""]}}""", "scope")]
    [InlineData("""{"scope": {"api_keys": [" "]}}""", "scope")]
    [InlineData("""{"scope": {"users": [""]}}""", "scope")]
    [InlineData("""{"windows": [null]}""", "windows")]
    [InlineData("""{"blackouts": [null]}""", "blackouts")]
    [InlineData("""{"rollback_threshold": null}""", "rollback_threshold")]
    [InlineData("""{"colour": "red"}""", "colour")]
    [InlineData("""{"alpha": 0.9}""", "alpha")]
    [InlineData("""{"min_samples": -1}""", "min_samples")]
    public void Apply_Faulty_NamesTheField(string patch, string param)
    {
        var (_, faults) = Apply(patch);

        Assert.Equal(param, Assert.Single(faults).Param);
    }

    [Fact]
    public void Faults_WeightThatIsNoNumber_IsNoRisingOne() =>
        Assert.Equal("steps", Assert.Single(ConfigPatch.Faults(new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(double.NaN, 1)] })).Param);

    [Fact]
    public void Faults_ValuesThatNoNameStandsFor_AreFaults() => Assert.Equal(
        ["strategy", "then", "sticky_by", "on_insufficient"],
        ConfigPatch.Faults(new MigrationConfig { Strategy = (Strategy)6, Then = (Strategy)6, StickyBy = (StickyBy)9, OnInsufficient = (OnInsufficient)9 }).Select(f => f.Param));

    [Fact]
    public void Apply_FieldLeftOut_IsNamed() =>
        Assert.StartsWith("steps[0].hold_minutes is missing", Assert.Single(Apply("""{"steps": [{"weight": 10}]}""").Faults).Message, StringComparison.Ordinal);

    [Fact]
    public void Apply_WindowWithoutDays_IsOfEveryDay()
    {
        var (config, faults) = Apply("""{"windows": [{"from": "09:00", "to": "17:00", "time_zone": "UTC"}]}""");

        Assert.Empty(faults);
        Assert.Empty(Assert.Single(config.Windows).Days);
    }

    // As an earlier version took it: a scope with an empty name.
    [Theory]
    [InlineData("{\"min_samples\": 5}", true)]
    [InlineData("{\"min_samples\": -1}", true, "min_samples")]
    [InlineData("{\"strategy\": \"steps\"}", true, "steps")]
    [InlineData("{\"scope\": {\"users\": [\"\"]}}", true, "scope")]
    [InlineData("{\"min_samples\": 5}", false, "scope")]
    public void Apply_WhatStandsBreaksARule_IsNoFaultOnceItMayNotChange(string patch, bool changedOnly, params string[] faults)
    {
        var standing = new MigrationConfig { Scope = new MigrationScope { Features = ["chat", ""] } };

        var found = ConfigPatch.Apply(standing, (JsonObject)JsonNode.Parse(patch)!, changedOnly).Faults;

        Assert.Equal(faults, found.Select(f => f.Param));
    }

    [Fact]
    public void Apply_ManyFaults_ListsThemAll() =>
        Assert.Equal(3, Apply("""{"alpha": 0.9, "canary_percentage": 0, "nonsense": 1}""").Faults.Count);

    private static (MigrationConfig Config, IReadOnlyList<Fault> Faults) Apply(string patch) =>
        ConfigPatch.Apply(new MigrationConfig(), (JsonObject)JsonNode.Parse(patch)!);
}

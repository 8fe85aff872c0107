using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Deprecations;
using Gateflow.Tests.Compatibility;

namespace Gateflow.Tests.Deprecations;

public sealed class DeprecationListTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);
    private static readonly ModelCatalog Catalog = ModelCatalog.Embedded;

    [Fact]
    public void Build_UsedModels_ListsTheDyingOnesTheMostPressingFirst()
    {
        var list = DeprecationList.Build(
            Catalog,
            [new("gpt-5.4", null, 9), new("gpt-4o", null, 15420, 234.56m), new("claude-sonnet-4-5", null, 7), new("gpt-4-0613", null, 3), new("gpt-5", null, 4), new("own-model", null, 5)],
            Today);

        Assert.Equal(["gpt-4-0613", "claude-sonnet-4-5", "gpt-5", "gpt-4o"], list.Select(x => x.Model));
        Assert.Equal(
            [
                (DeprecationStatus.Retired, DeprecationSeverity.Urgent, -32),
                (DeprecationStatus.Retiring, DeprecationSeverity.Urgent, 6),
                (DeprecationStatus.Retiring, DeprecationSeverity.ActionNeeded, 17),
                (DeprecationStatus.Retiring, DeprecationSeverity.Planning, 51),
            ],
            list.Select(x => (x.Status, x.Severity, x.DaysRemaining)));
    }

    [Fact]
    public void Unused_KnownModels_LeavesOutTheUsedTheirOtherNamesAndTheDead()
    {
        var list = DeprecationList.Unused(Catalog, [new("gpt-4o-2024-08-06")], Today);

        Assert.Contains(list, e => e is { Model: "gpt-5", Provider: "openai", RequestsLast30Days: 0 });
        Assert.Contains(list, e => e is { Model: "gpt-5", Provider: "azure-openai" });
        Assert.DoesNotContain(list, e => e.Model is "gpt-4o" or "gpt-4o-2024-08-06");
        Assert.DoesNotContain(list, e => e.Status == DeprecationStatus.Retired);
        Assert.Equal(list.Count(e => e.DaysRemaining <= 17), DeprecationList.Unused(Catalog, [new("gpt-4o-2024-08-06")], Today, 17).Count);
    }

    [Fact]
    public void Build_OnTheWire_HasTheDocumentedNames()
    {
        var json = WireJson.ToElement(DeprecationList.Build(Catalog, [new("gpt-5", null, 15420, null)], Today)[0]);

        Assert.Equal("action_needed", json.GetProperty("severity").GetString());
        Assert.Equal("retiring", json.GetProperty("status").GetString());
        Assert.Equal("2026-12-11", json.GetProperty("retires_on").GetString());
        Assert.Equal(17, json.GetProperty("days_remaining").GetInt32());
        Assert.Equal(15420, json.GetProperty("requests_last_30d").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("cost_last_30d").ValueKind);
        Assert.Equal("migrate_to_gpt-6.1-sol", json.GetProperty("recommended_action").GetString());
        Assert.False(json.GetProperty("demo").GetBoolean());
    }

    [Theory]
    [InlineData(91, DeprecationStatus.Deprecated, DeprecationSeverity.Planning, null)]
    [InlineData(90, DeprecationStatus.Retiring, DeprecationSeverity.Planning, 90)]
    [InlineData(31, DeprecationStatus.Retiring, DeprecationSeverity.Planning, 90)]
    [InlineData(30, DeprecationStatus.Retiring, DeprecationSeverity.ActionNeeded, 30)]
    [InlineData(8, DeprecationStatus.Retiring, DeprecationSeverity.ActionNeeded, 30)]
    [InlineData(7, DeprecationStatus.Retiring, DeprecationSeverity.Urgent, 7)]
    [InlineData(0, DeprecationStatus.Retired, DeprecationSeverity.Urgent, 7)]
    public void Build_DaysRemaining_SetStatusSeverityAndThreshold(int days, DeprecationStatus status, DeprecationSeverity severity, int? threshold)
    {
        var entry = Assert.Single(DeprecationList.Build(With("gpt-4o", Today.AddDays(days)), [new("gpt-4o")], Today));

        Assert.Equal((status, severity, threshold, days), (entry.Status, entry.Severity, entry.ThresholdDays, entry.DaysRemaining));
        Assert.True(entry.Demo);
        Assert.Null(entry.Source);
    }

    [Fact]
    public void Build_DeprecatedWithoutADate_IsListedLastAndLeftOutOfAWindow()
    {
        UsedModel[] used = [new("command-r-03-2024"), new("gpt-4o")];

        Assert.Equal(["gpt-4o", "command-r-03-2024"], DeprecationList.Build(Catalog, used, Today).Select(x => x.Model));
        Assert.Equal(["gpt-4o"], DeprecationList.Build(Catalog, used, Today, withinDays: 60).Select(x => x.Model));
        Assert.Empty(DeprecationList.Build(Catalog, used, Today, withinDays: 50));
    }

    [Fact]
    public void Build_OwnAdvice_GoesBeforeTheProviders()
    {
        var entry = DeprecationList.Build(Catalog, [new("gpt-5")], Today, replacements: new Dictionary<string, string> { ["gpt-5"] = "claude-sonnet-5-5" })[0];

        Assert.Equal(("claude-sonnet-5-5", "migrate_to_claude-sonnet-5-5"), (entry.ReplacementModel, entry.RecommendedAction));
    }

    [Fact]
    public void Build_NobodyNamesAReplacement_GivesNoAdvice() =>
        Assert.Null(DeprecationList.Build(Catalog, [new("gpt-5.1")], Today)[0].RecommendedAction);

    private static ModelCatalog With(string model, DateOnly retires) =>
        Catalog.With([new ModelOverride { Model = model, Lifecycle = new(null, retires), Label = "Demo date", IsDemo = true }]);
}

using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;

namespace Gateflow.Tests.Wizard;

public sealed class ReviewPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Steps_Canary_TellsEachAndTheEnd()
    {
        var steps = Plan(new MigrationConfig { CanaryPercentage = 50, IncreaseStep = 50, IncreaseIntervalMinutes = 30, MinSamples = 0 }).Steps();

        Assert.Equal(3, steps.Count);
        Assert.StartsWith("50 % of the traffic goes to gpt-4o at once and stays so for at least 30 min.", Plain(steps[0]), StringComparison.Ordinal);
        Assert.StartsWith("100 % of the traffic goes to gpt-4o, with the guardrails armed for another 30 min.", Plain(steps[1]), StringComparison.Ordinal);
        Assert.Contains("Applications keep asking for gpt-4.", steps[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_Scheduled_BeginsWithTheWait()
    {
        var steps = Plan(new MigrationConfig { Strategy = Strategy.Scheduled, ExecuteAt = Now.AddHours(2) }).Steps();

        Assert.StartsWith("Nothing moves until 2026-11-24 14:00:00 UTC.", steps[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Concerns_UntestedUncheckedUnserved_AreNamed()
    {
        var concerns = Plan(new MigrationConfig { RollbackThreshold = new RollbackThreshold() }, served: false).Concerns();

        Assert.Contains(concerns, c => c.StartsWith("No configured provider serves gpt-4o.", StringComparison.Ordinal));
        Assert.Contains(concerns, c => c.StartsWith("Compatibility is not checked", StringComparison.Ordinal));
        Assert.Contains(concerns, c => c.StartsWith("Not tested", StringComparison.Ordinal));
        Assert.Contains(concerns, c => c.StartsWith("No guardrail is armed", StringComparison.Ordinal));
    }

    [Fact]
    public void Steps_Shadow_SayWhoAnswersWhatItMayCostAndThatItPauses()
    {
        var plan = Plan(new MigrationConfig { Strategy = Strategy.Shadow, DurationHours = 2, Mirror = new MirrorConfig(50, 5) });

        var first = plan.Steps()[0];
        Assert.Contains("50\u00a0% of the requests are copied to gpt-4o", first, StringComparison.Ordinal);
        Assert.Contains("The copies may cost $5.00.", first, StringComparison.Ordinal);
        Assert.EndsWith("Then it pauses until a person resumes it.", first, StringComparison.Ordinal);
    }

    [Fact]
    public void Approvals_TellWhoAndBeforeWhat()
    {
        var none = Plan(new MigrationConfig());
        var two = Plan(new MigrationConfig { CanaryPercentage = 50, IncreaseStep = 50, ApprovalsRequired = 2 }, usual: 2);
        var shadow = Plan(new MigrationConfig { Strategy = Strategy.Shadow }, usual: 1);

        Assert.EndsWith("Approvals are set under Configure, Advanced.", none.Approvals()[^1], StringComparison.Ordinal);
        Assert.Equal("Before 100 % of the traffic moves, 2 people must agree.", Plain(two.Approvals()[1]));
        Assert.Contains("nobody can do it alone", two.Approvals()[2], StringComparison.Ordinal);
        Assert.Equal("Change management asks every new migration for 2 approvals.", Plain(two.Approvals()[3]));
        Assert.StartsWith("After the copies an operator", shadow.Approvals()[1], StringComparison.Ordinal);
        Assert.Contains(shadow.Concerns(), c => Plain(c) == "Change management asks new migrations for 1 approval; this one asks for none.");
    }

    [Fact]
    public void Cost_NoUse_IsUnknown() => Assert.Null(Plan(new MigrationConfig()).Cost());

    [Fact]
    public void Cost_OfAFewDaysAndSomeRequests_SaysSo()
    {
        var state = State(new MigrationConfig(), served: true);
        var usage = new UsageAnalysis { UsagePeriod = "last_30_days", PeriodStart = Now.AddDays(-30), PeriodEnd = Now, FirstHour = Now.AddDays(-3), TotalRequests = 10, UnpricedRequests = 4, TotalCost = 2, InputTokens = 1_000 };
        var plan = new ReviewPlan(state with { View = state.View with { Analysis = usage }, Target = ModelCatalog.Embedded.Find("gpt-4o"), Source = ModelCatalog.Embedded.Find("gpt-4") }, Now);

        Assert.Equal(2, plan.Cost()!.Value.Before);
        Assert.Equal("in the 3 d since the first request, without 4 requests of unknown price", Plain(plan.CostOf()));
    }

    [Fact]
    public void Calls_Patch_HoldsWhatDiffersFromTheDefaults()
    {
        var calls = Plan(new MigrationConfig { CanaryPercentage = 20, MinSamples = 10 }).Calls();

        var patch = JsonNode.Parse(calls[2].Json!)!.AsObject();
        Assert.Equal(["POST", "POST", "PATCH", "POST"], calls.Select(c => c.Method));
        Assert.Equal(["canary_percentage", "min_samples", "strategy", "target_model"], patch.Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal("/v1/management/migrations/mig_1/execute", calls[3].Path);
    }

    [Fact]
    public void Calls_WhatChangeManagementAsksForAndThisOneDoesNot_IsTakenBackByThePatch()
    {
        var state = State(new MigrationConfig(), served: true);

        var calls = new ReviewPlan(state with { View = state.View with { Name = "Search" }, Usual = new MigrationConfig { ApprovalsRequired = 2, MinSamples = 7 } }, Now).Calls();

        var patch = JsonNode.Parse(calls[2].Json!)!;
        Assert.Equal((0, new MigrationConfig().MinSamples), (patch["approvals_required"]!.GetValue<int>(), patch["min_samples"]!.GetValue<int>()));
        Assert.Equal("Search", JsonNode.Parse(calls[0].Json!)!["name"]!.GetValue<string>());
    }

    [Fact]
    public void Calls_UsualSoakCleared_IsTakenBackByThePatch()
    {
        var calls = new ReviewPlan(State(new MigrationConfig(), served: true) with { Usual = new MigrationConfig { SoakMinutes = 45 } }, Now).Calls();

        var patch = JsonNode.Parse(calls[2].Json!)!.AsObject();
        Assert.True(patch.ContainsKey("soak_minutes"));
        Assert.Null(patch["soak_minutes"]);
    }

    [Fact]
    public void Undo_EndOfTheSafetyNet_IsTold()
    {
        var plan = Plan(new MigrationConfig());

        Assert.Contains(plan.Undo(), line => line.StartsWith("Until it completes, a request that gpt-4o cannot answer is answered by gpt-4", StringComparison.Ordinal));
        Assert.Contains("gpt-4 steps in for it no longer", plan.Steps()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Rail_Fresh_NextIsTheAnalysis()
    {
        var state = State(new MigrationConfig(), served: true);

        Assert.Equal(WizardStep.Analysis, state.NextStep);
        Assert.All(state.Rail(), r => Assert.NotEqual(StepState.Attention, r.State));
        Assert.Equal("Analyse the use first.", state.Missing(WizardStep.Analysis));
    }

    private static ReviewPlan Plan(MigrationConfig config, bool served = true, int usual = 0) => new(State(config, served) with { Usual = new MigrationConfig { ApprovalsRequired = usual } }, Now);

    private static WizardState State(MigrationConfig config, bool served) => new()
    {
        View = new MigrationView
        {
            MigrationId = "mig_1",
            Status = MigrationStatus.Draft,
            SourceModel = "gpt-4",
            TargetModel = "gpt-4o",
            CreatedAt = Now,
            CreatedBy = "Ada",
            Config = config,
            Progress = new ProgressView { TrafficOnTarget = 0, Step = 0, Steps = 1 },
            Metrics = new MetricsView(),
            Verdicts = [],
            Sentence = "",
            AllowedActions = [],
        },
        TargetIsServed = served,
    };

    private static string Plain(string text) => text.Replace('\u00a0', ' ');
}

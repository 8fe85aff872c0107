using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Wizard;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Wizard;

public sealed class ConfigureStepTests : WizardBench
{
    [Fact]
    public async Task Configure_GuardrailCleared_AsksForALimitAndStaysArmed()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await ChangeAsync(page.Find("#arm-latency_p99_increase"), true);

        await InputAsync(page.Find("#field-rollback-threshold-error-rate"), "");

        Assert.Equal("Enter a limit, or switch it off.", page.Find("#field-rollback-threshold-error-rate-note").TextContent);
        Assert.NotEmpty(page.FindAll("#field-rollback-threshold-latency-p99-increase"));
        Assert.Null(Continue(page));
        await ChangeAsync(page.Find("#arm-error_rate"), false);
        Assert.Empty(page.FindAll("#field-rollback-threshold-error-rate"));
        Assert.NotNull(Continue(page));
    }

    [Fact]
    public async Task Configure_DatabaseAway_KeepsThePageAndWhatWasTyped()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await InputAsync(page.Find("#field-canary-percentage"), "25");
        await using var db = Database();

        await db.Database.ExecuteSqlRawAsync("ALTER TABLE Migrations RENAME TO Away", Token);
        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));
        page.WaitForAssertion(() => Assert.StartsWith("Not saved, the database refused:", page.Find(".error p").TextContent, StringComparison.Ordinal));

        await db.Database.ExecuteSqlRawAsync("ALTER TABLE Away RENAME TO Migrations", Token);
        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));
        page.WaitForAssertion(() => Assert.Equal(25, StateAsync(id).GetAwaiter().GetResult().View.Config.CanaryPercentage));
    }

    [Fact]
    public async Task Configure_Wrong_SaysSoBesideTheFieldAndHoldsOnePageBack()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await InputAsync(page.Find("#field-canary-percentage"), "120");
        page.WaitForState(() => Continue(page) is null);

        Assert.Equal("The first step must lie between 0.01 and 100.", page.Find("#field-canary-percentage-note").TextContent);
        Assert.Equal("A field is wrong.", page.Find("[data-testid=wizard-why]").TextContent);
        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(id, WizardStep.Review)));
        page.WaitForAssertion(() => Assert.Contains("Not saved: a field is wrong.", page.Markup, StringComparison.Ordinal));
        Assert.Equal(10, (await StateAsync(id)).View.Config.CanaryPercentage);
    }

    [Fact]
    public async Task Configure_Leaving_Saves()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await InputAsync(page.Find("#field-canary-percentage"), "25");
        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));

        page.WaitForAssertion(() => Assert.Equal(25, StateAsync(id).GetAwaiter().GetResult().View.Config.CanaryPercentage));
        Assert.True((await StateAsync(id)).Configured);
    }

    [Fact]
    public async Task Configure_DefaultsAcceptedByGoingOn_CountAsConfigured()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        var before = (await StateAsync(id)).Configured;

        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(id, WizardStep.Review)));
        page.WaitForElement("[data-testid=start-migration]");

        Assert.False(before);
        Assert.True((await StateAsync(id)).Configured);
    }

    [Fact]
    public async Task Configure_DemoPace_EndsWithinMinutes()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await ClickAsync(page.FindAll("button").First(b => b.TextContent.Contains("Demo pace", StringComparison.Ordinal)));

        Assert.Equal("20", page.Find("#field-canary-percentage").GetAttribute("value"));
        Assert.Equal("0.2", page.Find("#field-increase-interval-minutes").GetAttribute("value"));
    }

    [Theory]
    [InlineData("35", "started")]
    [InlineData("400", "started")]
    [InlineData("35", "cancelled")]
    public async Task Configure_BegunOrCancelledBySomebodyElse_SaysThatWhatWasTypedIsNotSaved(string typed, string how)
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await InputAsync(page.Find("#field-increase-step"), typed);
        var conduct = Services.GetRequiredService<Conduct>();

        await (how == "started" ? conduct.ExecuteAsync(id, "Bob", null, Token) : conduct.CancelAsync(id, "Bob", null, Token));
        await BeatAsync(Refreshing.Beat, () => page.FindAll(".empty").Count > 0);

        Assert.Equal($"What you changed here is not saved: meanwhile somebody has {how} this migration.", page.Find(".empty p").TextContent);
        Assert.EndsWith(WizardSteps.Url(id, WizardStep.Configure), Navigation.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => Navigation.NavigateTo(page.Find(".empty a").GetAttribute("href")!));
        Assert.EndsWith($"/migrations/{id}", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configure_BegunWhileNothingIsUnsaved_GoesToTheLivePage()
    {
        var id = await DraftAsync();
        Open(id, WizardStep.Configure);

        await Services.GetRequiredService<Conduct>().ExecuteAsync(id, "Bob", null, Token);

        await BeatAsync(Refreshing.Beat, () => Navigation.Uri.EndsWith($"/migrations/{id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Configure_ScheduledThatWouldStartAtOnce_IsNotSavedByLeaving()
    {
        var id = await ScheduledAsync("2099-01-01T00:00:00Z");
        await Services.GetRequiredService<Conduct>().ExecuteAsync(id, "Ada", null, Token);
        var page = Open(id, WizardStep.Configure);

        await ChangeAsync(page.Find("input[name=strategy][value=Instant]"), "Instant");
        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(id, WizardStep.Review)));

        page.WaitForAssertion(() => Assert.Contains("it would start at once", page.Find(".error").TextContent, StringComparison.Ordinal));
        var view = (await StateAsync(id)).View;
        Assert.Equal((MigrationStatus.Scheduled, Strategy.Scheduled), (view.Status, view.Config.Strategy));
    }

    [Fact]
    public async Task Configure_LeftWhileItIsSaved_WaitsAndGoesOn()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await InputAsync(page.Find("#field-canary-percentage"), "25");
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var saved = Broken.HoldAsync(held.Task, () => ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Save now")));
        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(id, WizardStep.Review)));
        held.SetResult();
        await saved;

        await BeatAsync(Refreshing.Beat, () => Navigation.Uri.EndsWith(WizardSteps.Url(id, WizardStep.Review), StringComparison.Ordinal));
        Assert.Equal(25, (await StateAsync(id)).View.Config.CanaryPercentage);
    }

    [Fact]
    public async Task Configure_TypedWhileItIsSaved_StaysAndIsSavedByLeaving()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await ChangeAsync(page.Find("#scope-features"), "checkout");
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var saved = Broken.HoldAsync(held.Task, () => ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Save now")));
        await InputAsync(page.Find("#field-approvals-required"), "2");
        held.SetResult();
        await saved;

        Assert.Equal("2", page.Find("#field-approvals-required").GetAttribute("value"));
        Assert.StartsWith("Changed; saved when you leave this step.", page.Find("[data-testid=config-state]").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(id, WizardStep.Review)));
        page.WaitForElement("[data-testid=start-migration]");
        var config = (await StateAsync(id)).View.Config;
        Assert.Equal((2, "checkout"), (config.ApprovalsRequired, Assert.Single(config.Scope.Features)));
    }

    [Fact]
    public async Task Configure_SameFieldChangedByAnother_IsRefusedAndStaysTyped()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await InputAsync(page.Find("#field-windows"), "Mon-Fri 09:00-17:00 UTC");
        var theirs = new JsonObject { ["days"] = new JsonArray(), ["from"] = "20:00", ["to"] = "22:00", ["time_zone"] = "UTC" };
        await Drafting.ConfigureAsync(id, new JsonObject { ["windows"] = new JsonArray(theirs), ["canary_percentage"] = 25 }, "Bob", Token);
        await BeatAsync(Refreshing.Beat, () => page.Find("#field-canary-percentage").GetAttribute("value") == "25");

        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));

        page.WaitForAssertion(() => Assert.StartsWith("Somebody else changed windows meanwhile.", page.Find(".error p").TextContent, StringComparison.Ordinal));
        Assert.EndsWith(WizardSteps.Url(id, WizardStep.Configure), Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal("Mon-Fri 09:00-17:00 UTC", page.Find("#field-windows").GetAttribute("value"));
        Assert.Equal(new TimeOnly(20, 0), Assert.Single((await StateAsync(id)).View.Config.Windows).From);
        await ClickAsync(page.FindAll("button").First(b => b.TextContent == "Discard changes"));
        Assert.Equal("Daily 20:00-22:00 UTC", page.Find("#field-windows").GetAttribute("value"));
    }

    [Fact]
    public async Task Configure_OtherFieldsChangedByAnother_StayTheirs()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await InputAsync(page.Find("#field-rollback-threshold-error-rate"), "2");
        var limits = new JsonObject { ["error_rate"] = 0.05, ["latency_p99_increase"] = 1.5 };
        await Drafting.ConfigureAsync(id, new JsonObject { ["strategy"] = "instant", ["rollback_threshold"] = limits }, "Bob", Token);

        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations")); // before the page heard of it

        page.WaitForAssertion(() => Assert.EndsWith("/migrations", Navigation.Uri, StringComparison.Ordinal));
        var config = (await StateAsync(id)).View.Config;
        Assert.Equal((Strategy.Instant, new RollbackThreshold { ErrorRate = 0.02, LatencyP99Increase = 1.5 }), (config.Strategy, config.RollbackThreshold));
    }

    [Fact]
    public async Task Configure_FaultThatAnotherStrategyHides_IsForgotten()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await ChangeAsync(page.Find("input[name=strategy][value=Steps]"), "Steps");
        await InputAsync(page.Find("#field-steps"), "50 % 10 min\n20 % 10 min");
        Assert.Null(Continue(page));

        await ChangeAsync(page.Find("input[name=strategy][value=Canary]"), "Canary");

        Assert.NotNull(Continue(page));
        await ChangeAsync(page.Find("input[name=strategy][value=Steps]"), "Steps");
        Assert.Null(page.Find("#field-steps").GetAttribute("aria-invalid"));
    }

    [Fact]
    public async Task Configure_ScheduledLookedAt_KeepsWhatFollowsTheCopies()
    {
        var id = await DraftAsync();
        var steps = new JsonArray(new JsonObject { ["weight"] = 20, ["hold_minutes"] = 10 });
        await Drafting.ConfigureAsync(id, new JsonObject { ["strategy"] = "shadow", ["then"] = "steps", ["steps"] = steps }, "Ada", Token);
        var page = Open(id, WizardStep.Configure);

        await ChangeAsync(page.Find("input[name=strategy][value=Scheduled]"), "Scheduled");
        await ChangeAsync(page.Find("input[name=strategy][value=Shadow]"), "Shadow");

        Assert.Equal("Steps", page.Find("#then-shadow option[selected]").GetAttribute("value"));
    }

    [Fact]
    public async Task Configure_ScheduledAfterOwnSteps_FollowsTheScheduleWithThem()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await ChangeAsync(page.Find("input[name=strategy][value=Steps]"), "Steps");
        await ChangeAsync(page.Find("input[name=strategy][value=Scheduled]"), "Scheduled");

        Assert.Equal("Steps", page.Find("#then option[selected]").GetAttribute("value"));
        Assert.NotEmpty(page.FindAll("#field-steps"));
        await ChangeAsync(page.Find("#execute-at"), "2099-01-01T00:00");
        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));
        page.WaitForAssertion(() => Assert.Equal((Strategy.Scheduled, Strategy.Steps), StateAsync(id).GetAwaiter().GetResult().View.Config is var c ? (c.Strategy, c.EffectiveStrategy) : default));
    }
}

using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Wizard;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Wizard;

public sealed class WizardPageTests : WizardBench
{
    [Fact]
    public async Task Open_Unknown_SaysSo()
    {
        Navigation.NavigateTo("/migrations/mig_none/wizard");

        var page = Render<WizardPage>(p => p.Add(x => x.Id, "mig_none"));
        page.WaitForState(() => page.Markup.Contains("There is no migration mig_none.", StringComparison.Ordinal));

        Assert.NotNull(await Task.FromResult(page.Find("a[href='/migrations']")));
    }

    [Fact]
    public async Task Analysis_Used_ShowsItsFigures()
    {
        await UseAsync();
        var id = await DraftAsync(target: null);

        var page = Open(id, WizardStep.Analysis);

        Assert.Contains("2,400", page.Find(".tiles").TextContent, StringComparison.Ordinal);
        Assert.Contains("$72.00", page.Find(".tiles").TextContent, StringComparison.Ordinal);
        Assert.Contains("chat", page.Find("table").TextContent, StringComparison.Ordinal);
        Assert.Equal(WizardSteps.Url(id, WizardStep.Recommendations), Continue(page)!.GetAttribute("href"));
    }

    [Fact]
    public async Task Recommendations_NoneChosen_CannotGoOnAndSaysWhy()
    {
        await UseAsync();
        var id = await DraftAsync(target: null);

        var page = Open(id, WizardStep.Recommendations);

        Assert.Null(Continue(page));
        Assert.Equal("Choose a model first.", page.Find("[data-testid=wizard-why]").TextContent);
    }

    [Fact]
    public async Task Recommendations_NotAnalysed_LeadsToTheAnalysis()
    {
        await UseAsync();
        var created = await Drafting.CreateAsync(new CreateMigration { SourceModel = "gpt-4" }, "Ada", Token);
        var id = created.Value!.Id;

        var page = Open(id, WizardStep.Recommendations);

        Assert.Contains("has not been analysed yet", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal(WizardSteps.Url(id, WizardStep.Analysis), page.Find(".empty a").GetAttribute("href"));
    }

    [Fact]
    public async Task Recommendations_Use_ChoosesAndChecks()
    {
        await UseAsync();
        var id = await DraftAsync(target: null);
        var page = Open(id, WizardStep.Recommendations);

        await ClickAsync(page.Find("button[aria-label='Use this model: gpt-5.6-sol']"));
        page.WaitForState(() => Continue(page) is not null);

        var state = await StateAsync(id);
        Assert.Equal("gpt-5.6-sol", state.View.TargetModel);
        Assert.NotNull(state.Compatibility);
    }

    [Fact]
    public async Task Recommendations_OtherModel_IsFoundAndChosen()
    {
        var id = await DraftAsync(target: null);
        var page = Open(id, WizardStep.Recommendations);

        await InputAsync(page.Find("input[type=search]"), "gemini 3.8 flash");
        await ClickAsync(page.Find("button[aria-label='Use gemini-3.8-flash']"));

        Assert.Equal("gemini-3.8-flash", (await StateAsync(id)).View.TargetModel);
    }

    [Fact]
    public async Task Recommendations_Regions_LeaveOutWhatIsUnknownWhenAskedTo()
    {
        var id = await DraftAsync(target: null);
        var page = Open(id, WizardStep.Recommendations);
        Assert.NotEmpty(page.FindAll("article"));

        await ChangeAsync(page.Find("#regions"), "eu");
        await ChangeAsync(page.Find("form.regions input[type=checkbox]"), true);
        await SubmitAsync(page.Find("form.regions"));

        Assert.Empty(page.FindAll("article"));
        Assert.Contains("Only eu.", page.Find("#regions-note").TextContent, StringComparison.Ordinal);
        await ChangeAsync(page.Find("#regions"), "");
        await SubmitAsync(page.Find("form.regions"));
        Assert.NotEmpty(page.FindAll("article"));
    }

    [Fact]
    public async Task Compatibility_NotCheckedYet_ChecksByItself()
    {
        await UseAsync();
        var id = await DraftAsync();

        var page = Open(id, WizardStep.Compatibility);
        page.WaitForElement("[data-testid=compatibility-result]");

        Assert.NotNull((await StateAsync(id)).Compatibility);
        Assert.Contains("Context window", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compatibility_Viewer_LooksAndChangesNothing()
    {
        var id = await DraftAsync();
        SignIn(viewer: true);

        var page = Open(id, WizardStep.Compatibility);

        Assert.Null((await StateAsync(id)).Compatibility);
        Assert.DoesNotContain(page.FindAll("button"), b => b.TextContent.Contains("check", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Test_None_MayBeSkippedWithANote()
    {
        var id = await DraftAsync();

        var page = Open(id, WizardStep.Test);

        Assert.NotNull(Continue(page));
        Assert.Contains("without a test", page.Find("[data-testid=wizard-why]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_NothingStored_SaysWhatToDo()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Test);

        await InputAsync(page.Find("#test-size"), "0");
        var wrong = page.Find("#test-size-hint").TextContent;
        await InputAsync(page.Find("#test-size"), "10");
        await SubmitAsync(page.Find("form"));

        Assert.Equal("A whole number from 1 to 1000.", wrong);
        page.WaitForAssertion(() => Assert.Contains("No request to 'gpt-4' is stored yet", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Test_OfAnotherNode_IsFollowedToItsEnd()
    {
        var id = await DraftAsync();
        await using var db = Database();
        var test = new ReplayTest
        {
            Id = "test_1", MigrationId = id, SourceModel = "gpt-4", TargetModel = "gpt-5.6-sol", Requested = 5, Planned = 5, CreatedAt = Now, Node = "another",
        };
        db.Add(test);
        await db.SaveChangesAsync(Token);
        var page = Open(id, WizardStep.Test);
        Assert.Null(Continue(page));

        (test.Status, test.FinishedAt) = (ReplayStatus.Cancelled, Now);
        await db.SaveChangesAsync(Token);
        Clock.Advance(TimeSpan.FromSeconds(2));

        page.WaitForAssertion(() => Assert.NotNull(Continue(page)));
    }

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
    public async Task Draft_WithoutASignal_IsFollowedByTheBeatAndSaysWhenTheDatabaseIsAway()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await InputAsync(page.Find("#field-increase-step"), "35");
        await using var db = Database();

        await db.Database.ExecuteSqlRawAsync("ALTER TABLE Migrations RENAME TO Away", Token);
        await BeatAsync(Refreshing.Beat, () => page.FindAll(".error p").Any(p => p.TextContent.StartsWith("The draft could not be read:", StringComparison.Ordinal)));
        await db.Database.ExecuteSqlRawAsync("ALTER TABLE Away RENAME TO Migrations", Token);
        await Drafting.ConfigureAsync(id, new JsonObject { ["canary_percentage"] = 25 }, "Bob", Token);
        await BeatAsync(Refreshing.Beat, () => page.Find("#field-canary-percentage").GetAttribute("value") == "25");

        Assert.Empty(page.FindAll(".error"));
        Assert.Equal("35", page.Find("#field-increase-step").GetAttribute("value"));
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

        await (how == "started" ? conduct.ExecuteAsync(id, "Bob", Token) : conduct.CancelAsync(id, "Bob", null, Token));
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

        await Services.GetRequiredService<Conduct>().ExecuteAsync(id, "Bob", Token);

        await BeatAsync(Refreshing.Beat, () => Navigation.Uri.EndsWith($"/migrations/{id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_AnotherDraft_ForgetsTheFirstAndFollowsTheSecond()
    {
        var (first, second) = (await DraftAsync(name: "First"), await DraftAsync(name: "Second"));
        var page = Open(first, WizardStep.Configure);
        await InputAsync(page.Find("#field-canary-percentage"), "25");

        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(second, WizardStep.Configure)));
        page.Render(p => p.Add(x => x.Id, second));

        page.WaitForAssertion(() => Assert.Equal("10", page.Find("#field-canary-percentage").GetAttribute("value")));
        page.WaitForAssertion(() => Assert.Equal([second], Services.GetRequiredService<MigrationFeed>().Watched));
        Assert.Equal((25, 10), ((await StateAsync(first)).View.Config.CanaryPercentage, (await StateAsync(second)).View.Config.CanaryPercentage));
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
    public async Task Configure_ScheduledThatWouldStartAtOnce_IsNotSavedByLeaving()
    {
        var id = await ScheduledAsync("2099-01-01T00:00:00Z");
        await Services.GetRequiredService<Conduct>().ExecuteAsync(id, "Ada", Token);
        var page = Open(id, WizardStep.Configure);

        await ChangeAsync(page.Find("input[name=strategy][value=Instant]"), "Instant");
        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(id, WizardStep.Review)));

        page.WaitForAssertion(() => Assert.Contains("it would start at once", page.Find(".error").TextContent, StringComparison.Ordinal));
        var view = (await StateAsync(id)).View;
        Assert.Equal((MigrationStatus.Scheduled, Strategy.Scheduled), (view.Status, view.Config.Strategy));
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

    [Fact]
    public async Task Review_Start_ExecutesAndOpensTheLivePage()
    {
        await UseAsync();
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Review);

        await ClickAsync(page.Find("[data-testid=start-migration]"));

        page.WaitForState(() => Navigation.Uri.EndsWith($"/migrations/{id}", StringComparison.Ordinal));
        Assert.Equal(MigrationStatus.InProgress, (await StateAsync(id)).View.Status);
    }

    [Fact]
    public async Task Review_Shadow_Starts()
    {
        var id = await DraftAsync();
        await Drafting.ConfigureAsync(id, new JsonObject { ["strategy"] = "shadow" }, "Ada", Token);
        var page = Open(id, WizardStep.Review);

        await ClickAsync(page.Find("[data-testid=start-migration]"));

        page.WaitForState(() => Navigation.Uri.EndsWith($"/migrations/{id}", StringComparison.Ordinal));
        Assert.Equal((MigrationStatus.InProgress, 0.0), ((await StateAsync(id)).View.Status, (await StateAsync(id)).View.Progress.TrafficOnTarget));
    }

    [Fact]
    public async Task Review_Scheduled_IsNotStartedByASecondPressNorFromTheReview()
    {
        var id = await ScheduledAsync("2099-01-01T00:00:00Z");
        var state = await StateAsync(id);
        var step = Render<ReviewStep>(p => p.Add(x => x.State, state).Add(x => x.Acting, new Acting("Ada", true)));
        Assert.Equal("Schedule the migration", step.Find("[data-testid=start-migration]").TextContent);

        await ClickAsync(step.Find("[data-testid=start-migration]"));
        await ClickAsync(step.Find("[data-testid=start-migration]"));
        Assert.Empty(step.FindAll(".error"));
        Assert.Equal(MigrationStatus.Scheduled, (await StateAsync(id)).View.Status);

        var page = Open(id, WizardStep.Review);
        Assert.Empty(page.FindAll("[data-testid=start-migration]"));
        Assert.Equal("Starts by itself at 2099-01-01 00:00 UTC.", page.Find("[data-testid=scheduled]").TextContent);
        Assert.NotEmpty(page.FindAll($"a[href='/migrations/{id}']"));
    }

    [Fact]
    public async Task Review_ScheduledBySomebodyElse_IsNotStarted()
    {
        var id = await ScheduledAsync("2099-01-01T00:00:00Z");
        var page = Open(id, WizardStep.Review);
        await Services.GetRequiredService<Conduct>().ExecuteAsync(id, "Bob", Token);

        await ClickAsync(page.Find("[data-testid=start-migration]"));

        page.WaitForAssertion(() => Assert.Contains("reload the page", page.Find(".error").TextContent, StringComparison.Ordinal));
        Assert.Equal(MigrationStatus.Scheduled, (await StateAsync(id)).View.Status);
    }

    [Fact]
    public async Task Review_TargetChangedBySomebodyElse_IsNotStarted()
    {
        var id = await DraftAsync();
        var state = await StateAsync(id);
        var step = Render<ReviewStep>(p => p.Add(x => x.State, state).Add(x => x.Acting, new Acting("Ada", true)));
        await Drafting.ConfigureAsync(id, new JsonObject { ["target_model"] = "gpt-4o" }, "Bob", Token);

        await ClickAsync(step.Find("[data-testid=start-migration]"));

        Assert.StartsWith("Its target or configuration changed meanwhile.", step.Find(".error p").TextContent, StringComparison.Ordinal);
        Assert.Equal(MigrationStatus.Draft, (await StateAsync(id)).View.Status);
    }

    [Fact]
    public async Task Review_HourIsPast_StartsNowAndSaysSo()
    {
        var id = await ScheduledAsync("2020-01-01T00:00:00Z");

        Assert.Equal("Start now", Open(id, WizardStep.Review).Find("[data-testid=start-migration]").TextContent);
    }

    [Fact]
    public async Task Review_Viewer_HasNoStart()
    {
        var id = await DraftAsync();
        SignIn(viewer: true);

        var page = Open(id, WizardStep.Review);

        Assert.Empty(page.FindAll("[data-testid=start-migration]"));
    }

    [Fact]
    public async Task Open_Started_GoesToTheLivePage()
    {
        var id = await DraftAsync();
        await Services.GetRequiredService<Conduct>().ExecuteAsync(id, "Ada", Token);

        Open(id, WizardStep.Configure);

        Assert.EndsWith($"/migrations/{id}", Navigation.Uri, StringComparison.Ordinal);
    }

    private async Task<string> ScheduledAsync(string at)
    {
        var id = await DraftAsync();
        var configured = await Drafting.ConfigureAsync(id, new JsonObject { ["strategy"] = "scheduled", ["execute_at"] = at }, "Ada", Token);
        Assert.True(configured.IsOk);
        return id;
    }

    private GateflowDb Database() => Services.GetRequiredService<IDbContextFactory<GateflowDb>>().CreateDbContext();

    private static AngleSharp.Dom.IElement? Continue(IRenderedComponent<WizardPage> page) =>
        page.FindAll("footer a.primary").FirstOrDefault(a => a.TextContent == "Continue");
}

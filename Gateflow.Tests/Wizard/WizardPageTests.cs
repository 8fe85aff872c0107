using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace Gateflow.Tests.Wizard;

public sealed class WizardPageTests : WizardBench
{
    private const string Focus = "Blazor._internal.domWrapper.focus";

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
    public async Task Open_Started_GoesToTheLivePage()
    {
        var id = await DraftAsync();
        await Services.GetRequiredService<Conduct>().ExecuteAsync(id, "Ada", null, Token);

        Open(id, WizardStep.Configure);

        Assert.EndsWith($"/migrations/{id}", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discard_Confirmed_CancelsTheDraftAndLeavesWhatWasTyped()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await InputAsync(page.Find("#field-increase-step"), "35");

        var discarded = ClickAsync(page.FindAll("footer button").Single(b => b.TextContent == "Discard draft"));
        await page.InvokeAsync(() => Services.GetRequiredService<DialogService>().Close(new ConfirmAnswer(null)));
        await discarded;

        page.WaitForAssertion(() => Assert.DoesNotContain("/wizard", Navigation.Uri, StringComparison.Ordinal));
        Assert.Equal((MigrationStatus.Cancelled, 10), (await StateAsync(id)).View is var view ? (view.Status, view.Config.IncreaseStep) : default);
    }

    [Fact]
    public async Task Discard_ScheduledByAnotherMeanwhile_IsRefused()
    {
        var id = await ScheduledAsync("2099-01-01T00:00:00Z");
        var page = Open(id, WizardStep.Test);

        var discarded = ClickAsync(page.FindAll("footer button").Single(b => b.TextContent == "Discard draft"));
        await Services.GetRequiredService<Conduct>().ExecuteAsync(id, "Bob", null, Token);
        await page.InvokeAsync(() => Services.GetRequiredService<DialogService>().Close(new ConfirmAnswer(null)));
        await discarded;

        page.WaitForAssertion(() => Assert.StartsWith("It changed meanwhile. This migration is scheduled", page.Find(".error p").TextContent, StringComparison.Ordinal));
        Assert.Equal(MigrationStatus.Scheduled, (await StateAsync(id)).View.Status);
    }

    [Fact]
    public async Task Step_Left_GivesTheFocusToTheNextOnesTitle()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Test);
        Assert.Empty(JSInterop.Invocations[Focus]);

        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(id, WizardStep.Configure)));

        page.WaitForAssertion(() => Assert.Single(JSInterop.Invocations[Focus]));
        var title = page.Find("[data-testid=wizard-step] h2");
        Assert.Equal(("Configure", "-1"), (title.TextContent, title.GetAttribute("tabindex")));
    }

    [Fact]
    public async Task Discard_ReadAnewMeanwhile_IsNobodyElses()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await InputAsync(page.Find("#field-increase-step"), "35");

        await ReloadAmidAsync(page, DiscardAsync, () => Assert.Empty(page.FindAll(".empty")));

        page.WaitForAssertion(() => Assert.EndsWith("/migrations", Navigation.Uri, StringComparison.Ordinal));

        async Task DiscardAsync()
        {
            var discarded = ClickAsync(page.FindAll("footer button").Single(b => b.TextContent == "Discard draft"));
            await page.InvokeAsync(() => Services.GetRequiredService<DialogService>().Close(new ConfirmAnswer(null)));
            await discarded;
        }
    }

    [Fact]
    public async Task Draft_OfChangedDefaults_IsNotYetConfigured()
    {
        Services.GetRequiredService<ChangePolicy>().Current = new ChangeSettings { MigrationDefaults = new JsonObject { ["strategy"] = "canary", ["approvals_required"] = 1 } };
        var state = await StateAsync(await DraftAsync());

        Assert.Equal((1, false), (state.View.Config.ApprovalsRequired, state.Configured));
        await Drafting.ConfigureAsync(state.Id, new JsonObject { ["min_samples"] = 5 }, "Ada", Token);
        Assert.True((await StateAsync(state.Id)).Configured);
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
}

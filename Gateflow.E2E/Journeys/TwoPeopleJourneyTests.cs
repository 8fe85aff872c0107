using System.Text.RegularExpressions;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>Two browsers at one migration.</summary>
public sealed class TwoPeopleJourneyTests(DemoFixture demo) : DemoJourney(demo)
{
    [Fact]
    public async Task Wizard_LeftInOneBrowser_GoesOnInAnother()
    {
        var first = await Demo.SignedInAsync();
        var begun = new WizardPage(first);
        await begun.CreateAsync("gpt-4", "Left half done");
        await begun.ContinueAsync();
        await begun.ChooseAsync("gpt-5.6-terra");
        await begun.ToConfigurationAsync();
        await begun.StrategyAsync("Own steps");
        await begun.FillAsync(("Steps", "15 % 45 min"));
        await first.Link("Save and leave").ClickAsync();
        await first.Page.WaitForURLAsync(new Regex("/migrations$"));
        await first.Page.Context.CloseAsync();

        var second = await Demo.SignedInAsync();
        await second.GoAsync("/migrations");
        await second.Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("Left half done") }).GetByRole(AriaRole.Link).ClickAsync();
        await new WizardPage(second).OpenedAsync();

        var rail = second.Page.GetByRole(AriaRole.Navigation, new() { Name = "Steps of the wizard" });
        await Assertions.Expect(rail).ToContainTextAsync("gpt-5.6-terra");
        await Assertions.Expect(rail.Locator("[aria-current=step]")).ToContainTextAsync("Review and start");
        await rail.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Configure") }).ClickAsync();
        await Assertions.Expect(second.Page.GetByLabel("Steps", new() { Exact = true })).ToHaveValueAsync("15 % 45 min");
        Assert.Empty(first.Faults.Concat(second.Faults));
    }

    [Fact]
    public async Task RunningMigration_TwoActAtOnce_EachSeesTheOtherAndTheRollbackWins()
    {
        var id = await Api.StartCanaryAsync("gpt-4", "gpt-5.6-terra", new { canary_percentage = 10, increase_interval_minutes = 60 });
        var (ada, grace) = (await Demo.SignedInAsync(), await Demo.SignedInAsync());
        var (adas, graces) = (await LivePage.GoAsync(ada, id), await LivePage.GoAsync(grace, id));

        await adas.ActAsync("Pause", "Lunch");
        await graces.ShowsAsync("Paused");
        await Assertions.Expect(graces.Action("Pause")).ToHaveCountAsync(0);
        await graces.ActAsync("Resume");
        await adas.ShowsAsync("In progress");

        await adas.AskAsync("Promote", "Looks good");
        await graces.AskAsync("Roll back", "Looks bad");
        await Task.WhenAll(adas.ConfirmAsync(), graces.ConfirmAsync());

        await adas.ShowsAsync("Rolled back");
        await graces.ShowsAsync("Rolled back");
        await Assertions.Expect(adas.Story).ToContainTextAsync("Looks bad");
        Assert.Equal("rolled_back", await Api.StatusAsync(id));
        Assert.Empty(ada.Faults.Concat(grace.Faults));
    }
}

using System.Text.RegularExpressions;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>A start and a rollback on a screen of 400 pixels.</summary>
public sealed class PhoneJourneyTests(DemoFixture demo) : DemoJourney(demo)
{
    [Fact]
    public async Task StartAndRollBack_OnANarrowScreen_FitItsWidth()
    {
        var visitor = await Demo.SignedInAsync(width: 400, height: 860);
        var page = visitor.Page;
        await visitor.Button("Menu").ClickAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Migrations" }).ClickAsync();
        await page.WaitForURLAsync(new Regex("/migrations$"));
        await visitor.Link("New migration").First.ClickAsync();
        await page.WaitForURLAsync(new Regex("/migrations/new"));
        await page.Locator("input[name=source][value='gpt-4']").CheckAsync();
        await visitor.Button("Create draft").ClickAsync();
        var wizard = new WizardPage(visitor);
        await wizard.OpenedAsync();
        await FitsAsync(page);
        await wizard.ContinueAsync();
        await FitsAsync(page);
        await wizard.ChooseAsync("gpt-5.6-sol");
        await wizard.ToConfigurationAsync();
        await wizard.PaceAsync();
        await FitsAsync(page);
        await visitor.PictureAsync("phone-configure");

        var live = await wizard.StartAsync();
        await live.ShowsAsync("In progress");
        await FitsAsync(page);
        await visitor.PictureAsync("phone-live");
        await live.ActAsync("Roll back", "Only a try on the phone");
        await live.ShowsAsync("Rolled back");
        await Assertions.Expect(live.Story).ToContainTextAsync("Only a try on the phone");
        await FitsAsync(page);
        Assert.Equal("rolled_back", await Api.StatusAsync(live.Id));
        Assert.Empty(visitor.Faults);
    }

    /// <summary>Nothing is cut off or has to be pushed sideways, but wide tables inside their own frame.</summary>
    private static async Task FitsAsync(IPage page)
    {
        var beyond = await page.EvaluateAsync<int>("() => Math.max(...[document.documentElement, document.getElementById('content')].map(e => e.scrollWidth - e.clientWidth))");
        Assert.True(beyond <= 0, $"{page.Url} is {beyond} px wider than the screen");
    }
}

using System.Text.RegularExpressions;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>The product's whole length in a real browser: from the first click to the automatic rollback and its history.</summary>
public sealed class RollbackJourneyTests
{
    [Fact]
    public async Task StartMigration_TargetFails_IsRolledBackAndKeptInTheHistory()
    {
        await using var gateflow = await GateflowProcess.StartAsync();
        await using var browser = await Browser.StartAsync();
        var visitor = await browser.VisitAsync(gateflow.Url);
        var page = visitor.Page;
        await Eventually.TrueAsync(
            async () => (await gateflow.Client.CallAsync(HttpMethod.Get, "/deprecations"))["data"]!.AsArray().Count == 2, TimeSpan.FromSeconds(60), () => "the demo's month was not written");

        await visitor.SignInAsync();
        await visitor.PictureAsync("overview");
        await visitor.GoAsync("/migrations");
        await visitor.PictureAsync("migrations");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("Start migration") }).First.ClickAsync();
        await page.WaitForURLAsync(new Regex("/migrations/new\\?source=gpt-4"));
        await visitor.Button("Start migration").ClickAsync();

        await page.WaitForURLAsync(new Regex("/wizard"));
        await Assertions.Expect(page.GetByTestId("wizard-step")).ToBeVisibleAsync();
        await visitor.PictureAsync("wizard-analysis");
        await ContinueAsync(visitor);
        await visitor.Button("Use this model: gpt-5.6-sol").ClickAsync();
        await visitor.PictureAsync("wizard-recommendations");
        await ContinueAsync(visitor);
        if (await visitor.Button("Run the check").IsVisibleAsync())
        {
            await visitor.Button("Run the check").ClickAsync();
        }

        await Assertions.Expect(page.GetByTestId("compatibility-result")).ToBeVisibleAsync();
        await visitor.PictureAsync("wizard-compatibility");
        await ContinueAsync(visitor);
        await page.GetByRole(AriaRole.Spinbutton).First.FillAsync("20");
        await visitor.Button("Start the test").ClickAsync();
        await Assertions.Expect(page.GetByTestId("test-results")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await visitor.PictureAsync("wizard-test");
        await ContinueAsync(visitor);
        await visitor.Button("Demo pace").ClickAsync();
        await visitor.PictureAsync("wizard-configure");
        await ContinueAsync(visitor);
        await visitor.PictureAsync("wizard-review");
        await page.GetByTestId("start-migration").ClickAsync();

        await page.WaitForURLAsync(new Regex("/migrations/mig_[a-z0-9]+$"));
        var id = page.Url[(page.Url.LastIndexOf('/') + 1)..];
        await Eventually.TrueAsync(
            async () => (await gateflow.Client.EventsAsync(id)).Any(e => e["type"]!.GetValue<string>() == "step_advanced"), TimeSpan.FromSeconds(120), () => "the canary did not move");
        await Assertions.Expect(page.GetByText("40 %").First).ToBeVisibleAsync();
        await visitor.PictureAsync("live-running");

        await visitor.Button("Make the target fail").ClickAsync();
        await Assertions.Expect(page.GetByText("Rolled back").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Assert.Equal("rolled_back", await gateflow.Client.StatusAsync(id));
        await Assertions.Expect(page.GetByTestId("story")).ToBeVisibleAsync();
        await visitor.PictureAsync("live-rolled-back");

        await visitor.GoAsync("/rollbacks");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "gpt-4 to gpt-5.6-sol" })).ToBeVisibleAsync();
        await visitor.PictureAsync("rollbacks");
        await visitor.GoAsync($"/rollbacks/{id}");
        await Assertions.Expect(page.Locator(".apexcharts-svg").First).ToBeVisibleAsync();
        await visitor.PictureAsync("rollback-story");
        Assert.Empty(visitor.Faults);
    }

    /// <summary>A server that goes away is shown honestly, and the page comes back by itself.</summary>
    [Fact]
    public async Task Circuit_ServerKilledAndStarted_PageIsInteractiveAgain()
    {
        await using var gateflow = await GateflowProcess.StartAsync();
        await using var browser = await Browser.StartAsync();
        var visitor = await browser.VisitAsync(gateflow.Url);
        await visitor.SignInAsync();
        await visitor.GoAsync("/migrations");

        await gateflow.KillAsync();
        await Assertions.Expect(visitor.Page.Locator("#components-reconnect-modal")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await gateflow.RunAsync();

        await Assertions.Expect(visitor.Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await visitor.Link("New migration").First.ClickAsync();
        await visitor.Page.WaitForURLAsync(new Regex("/migrations/new"));
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "New migration" })).ToBeVisibleAsync();
    }

    private static async Task ContinueAsync(Visitor visitor)
    {
        var before = visitor.Page.Url;
        await visitor.Link("Continue").ClickAsync();
        await visitor.Page.WaitForURLAsync(url => url != before);
        await Assertions.Expect(visitor.Page.Locator(".skeleton")).ToHaveCountAsync(0);
    }
}

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
        await gateflow.DemoAsync();

        await visitor.SignInAsync();
        await visitor.PictureAsync("overview");
        await visitor.GoAsync("/migrations");
        await visitor.PictureAsync("migrations");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("Start migration") }).First.ClickAsync();
        await page.WaitForURLAsync(new Regex("/migrations/new\\?source=gpt-4"));
        await visitor.Button("Start migration").ClickAsync();

        var wizard = new WizardPage(visitor);
        await wizard.OpenedAsync();
        await visitor.PictureAsync("wizard-analysis");
        await wizard.ContinueAsync();
        await wizard.ChooseAsync("gpt-5.6-sol");
        await visitor.PictureAsync("wizard-recommendations");
        await wizard.ContinueAsync();
        await Assertions.Expect(page.GetByTestId("compatibility-result")).ToBeVisibleAsync();
        await visitor.PictureAsync("wizard-compatibility");
        await wizard.ContinueAsync();
        await page.GetByRole(AriaRole.Spinbutton).First.FillAsync("20");
        await visitor.Button("Start the test").ClickAsync();
        await Assertions.Expect(page.GetByTestId("test-results")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await visitor.PictureAsync("wizard-test");
        await wizard.ContinueAsync();
        await wizard.PaceAsync();
        await visitor.PictureAsync("wizard-configure");
        await wizard.ContinueAsync();
        await visitor.PictureAsync("wizard-review");
        var live = await wizard.ExecuteAsync();
        var id = live.Id;
        await Eventually.TrueAsync(
            async () => (await gateflow.Client.EventsAsync(id)).Any(e => e["type"]!.GetValue<string>() == "step_advanced"), TimeSpan.FromSeconds(120), () => "the canary did not move");
        await Assertions.Expect(page.GetByText("40 %").First).ToBeVisibleAsync();
        await visitor.PictureAsync("live-running");

        await visitor.Button("Make the target fail").ClickAsync();
        await live.ShowsAsync("Rolled back", 60);
        Assert.Equal("rolled_back", await gateflow.Client.StatusAsync(id));
        await Assertions.Expect(live.Story).ToContainTextAsync("by itself");
        await visitor.PictureAsync("live-rolled-back");

        await visitor.GoAsync("/rollbacks");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "gpt-4 to gpt-5.6-sol" })).ToBeVisibleAsync();
        await visitor.PictureAsync("rollbacks");
        await visitor.GoAsync($"/rollbacks/{id}");
        await Assertions.Expect(page.Locator(".apexcharts-svg").First).ToBeVisibleAsync();
        await visitor.PictureAsync("rollback-story");
        Assert.Empty(visitor.Faults);
    }

    /// <summary>A server that goes away in mid-canary is shown honestly, and the page comes back by itself and can act.</summary>
    [Fact]
    public async Task Circuit_ServerKilledInMidCanary_PageIsInteractiveAgain()
    {
        await using var gateflow = await GateflowProcess.StartAsync();
        await using var browser = await Browser.StartAsync();
        var visitor = await browser.VisitAsync(gateflow.Url);
        var id = await gateflow.Client.StartCanaryAsync("gpt-4", "gpt-5.6-sol", new { canary_percentage = 30, increase_interval_minutes = 60 });
        await visitor.SignInAsync();
        var live = await LivePage.GoAsync(visitor, id);
        await live.ShowsAsync("In progress");

        await gateflow.KillAsync();
        await Assertions.Expect(visitor.Page.Locator("#components-reconnect-modal")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await visitor.Page.EvaluateAsync("() => { window.beforeTheRestart = true; }");
        await gateflow.RunAsync();

        await visitor.Page.WaitForFunctionAsync("() => !window.beforeTheRestart", null, new() { Timeout = 60_000 });
        await visitor.LiveAsync();
        await Assertions.Expect(visitor.Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        await live.ShowsAsync("In progress");
        await live.ActAsync("Pause", "After the restart");
        await live.ShowsAsync("Paused");
        Assert.Equal("paused", await gateflow.Client.StatusAsync(id));
    }
}

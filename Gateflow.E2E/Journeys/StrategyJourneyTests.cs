using System.Globalization;
using System.Text.RegularExpressions;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>Every strategy from the first click to completion; the canary has a journey of its own.</summary>
public sealed class StrategyJourneyTests(DemoFixture demo) : DemoJourney(demo)
{
    private const string Minutes = "0.05";

    /// <summary>Blue-green: all traffic at once, the source ready behind it, and the way back stays open after completion.</summary>
    [Fact]
    public async Task Instant_AfterItsSoak_IsCompletedAndCanStillBeRolledBack()
    {
        var visitor = await Demo.SignedInAsync();
        var wizard = new WizardPage(visitor);
        await wizard.ConfigureAsync("gpt-4", "gpt-5.6-sol", "Instant");
        await wizard.FillAsync(("Requests each step needs", "5"), ("Soak at 100 %", "0.1"));

        var live = await wizard.StartAsync();

        await live.ShowsAsync("Soaking");
        await live.ShowsAsync("Completed", 60);
        await Assertions.Expect(live.Story).ToContainTextAsync("Requests for gpt-4 are answered by gpt-5.6-sol.");
        Assert.Equal([100], await WeightsAsync(live.Id));
        await live.ActAsync("Roll back", "Support saw shorter answers");
        await live.ShowsAsync("Rolled back");
        Assert.Equal("rolled_back", await Api.StatusAsync(live.Id));
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task Shadow_ResumedAfterItsCopies_GoesOnWithItsCanaryToCompletion()
    {
        var visitor = await Demo.SignedInAsync();
        var wizard = new WizardPage(visitor);
        await wizard.ConfigureAsync("gpt-4", "gpt-5.6-sol", "Shadow");
        await wizard.FillAsync(
            ("Mirror for", "0.002"), ("Requests copied", "100"), ("First step", "50"), ("Each step adds", "50"), ("Each step lasts at least", Minutes),
            ("Requests each step needs", "5"), ("Soak at 100 %", Minutes));

        var live = await wizard.StartAsync();

        await live.ShowsAsync("In progress");
        await live.ShowsAsync("Paused", 60);
        await Assertions.Expect(visitor.Page.GetByTestId("shadow").Locator(".tile", new() { HasText = "Copies delivered" })).ToContainTextAsync(new Regex("[1-9]"));
        await live.ActAsync("Resume");
        await live.ShowsAsync("Completed", 90);
        var weights = await WeightsAsync(live.Id);
        Assert.Equal(0, weights[0]);
        Assert.Equal([50, 100], weights.Where(w => w > 0));
        Assert.Empty(visitor.Faults);
    }

    /// <summary>The scheduled one waits for its minute; meanwhile own steps of another model stop at their gate until a person agrees.</summary>
    [Fact]
    public async Task ScheduledBesideOwnSteps_StartByTheClockAndByApproval_BothComplete()
    {
        var visitor = await Demo.SignedInAsync();
        var wizard = new WizardPage(visitor);
        await wizard.CreateAsync("gpt-3.5-turbo");
        await wizard.ContinueAsync();
        await wizard.FindAsync("gpt-6-luna", "gpt-6-luna");
        await wizard.ToConfigurationAsync();
        await wizard.StrategyAsync("Scheduled");
        await wizard.FillAsync(("Starts at", await NextMinuteAsync(visitor.Page)), ("Requests each step needs", "3"), ("Soak at 100 %", Minutes));
        var then = visitor.Page.GetByLabel("Then", new() { Exact = true });
        await Assertions.Expect(then).ToHaveValueAsync("Canary"); // what was chosen before
        await then.SelectOptionAsync("Instant");
        var scheduled = await wizard.StartAsync();
        await scheduled.ShowsAsync("Scheduled");

        var colleague = await Demo.SignedInAsync();
        var other = new WizardPage(colleague);
        await other.ConfigureAsync("gpt-4", "gpt-5.6-sol", "Own steps");
        await other.FillAsync(("Steps", $"40 % {Minutes} min\n80 % {Minutes} min gate"), ("Requests each step needs", "5"), ("Soak at 100 %", Minutes));
        var own = await other.StartAsync();
        await own.ShowsAsync("In progress");
        await Assertions.Expect(own.Action("Approve")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await own.ActAsync("Approve", "The numbers are good");
        await own.ShowsAsync("Completed", 60);
        Assert.Equal([40, 80, 100], await WeightsAsync(own.Id));
        await Assertions.Expect(colleague.Page.GetByRole(AriaRole.Region, new() { Name = "Events" })).ToContainTextAsync("The numbers are good");

        await scheduled.ShowsAsync("Completed", 90);
        Assert.Equal([100], await WeightsAsync(scheduled.Id));
        Assert.Empty(visitor.Faults);
        Assert.Empty(colleague.Faults);
    }

    /// <summary>Shares of the traffic in the order in which they came into force.</summary>
    private async Task<IReadOnlyList<double>> WeightsAsync(string id) =>
        [.. (await Api.EventsAsync(id)).Where(e => e["type"]!.GetValue<string>() is "started" or "step_advanced").Select(e => e["data"]!["weight"]!.GetValue<double>())];

    /// <summary>The next full minute that is at least ten seconds away, in the viewer's zone, as the field takes it.</summary>
    private static async Task<string> NextMinuteAsync(IPage page)
    {
        var now = TimeProvider.System.GetUtcNow().AddSeconds(70);
        var offset = await page.EvaluateAsync<int>("() => -new Date().getTimezoneOffset()");
        return now.AddMinutes(offset).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
    }
}

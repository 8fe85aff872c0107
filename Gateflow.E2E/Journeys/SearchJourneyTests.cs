using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>Whoever is quicker than the circuit: the search takes letters as soon as the page stands there.</summary>
public sealed class SearchJourneyTests
{
    [Fact]
    public async Task Search_TypedBeforeTheCircuit_KeepsTheLettersAndFinds()
    {
        await using var gateflow = await GateflowProcess.StartAsync();
        await using var browser = await Browser.StartAsync();
        var visitor = await browser.VisitAsync(gateflow.Url);
        var (page, circuit, asked) = (visitor.Page, new TaskCompletionSource(), new TaskCompletionSource());
        await visitor.SignInAsync();
        await page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            asked.TrySetResult();
            await circuit.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync("/migrations");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("depre");
        var field = page.Locator("#gf-search-text");
        await Assertions.Expect(field).ToHaveValueAsync("depre");
        circuit.SetResult();
        await Assertions.Expect(page.Locator("#gf-search a", new() { HasText = "Deprecations" })).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync("c");

        await Assertions.Expect(field).ToHaveValueAsync("deprec");
        await Assertions.Expect(field).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/deprecations");
        Assert.Empty(visitor.Faults);
    }
}

using System.Text.RegularExpressions;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>A whole way without a mouse: sign in, search, wizard, start, roll back.</summary>
public sealed class KeyboardJourneyTests(DemoFixture demo) : DemoJourney(demo)
{
    [Fact]
    public async Task WholeWay_ByKeyboardAlone_StartsAndRollsBack()
    {
        await Api.CallAsync(HttpMethod.Post, "/migrations", new { source_model = "gpt-4", name = "Without a mouse", analyze = true });
        var visitor = await Demo.Browser.VisitAsync(Demo.Gateflow.Url);
        var (page, keys) = (visitor.Page, new Keyboard(visitor.Page));
        await page.GotoAsync("/login");
        await Assertions.Expect(page.GetByLabel("Password or key")).ToBeFocusedAsync();
        await keys.TypeAsync(GateflowProcess.AdminKey);
        await keys.PressAsync("Enter");
        await page.WaitForURLAsync(new Regex("/$"));
        await visitor.LiveAsync();

        await keys.PressAsync("Control+k");
        await keys.TypeAsync("without a");
        await Assertions.Expect(page.Locator("#gf-search a", new() { HasText = "Without a mouse" })).ToBeVisibleAsync();
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("Enter");
        var wizard = new WizardPage(visitor);
        await wizard.OpenedAsync();
        if (await page.GetByTestId("wizard-step").GetAttributeAsync("aria-label") == "Usage analysis")
        {
            await ContinueAsync(wizard, keys);
        }

        await keys.PressOnAsync(visitor.Button("Use this model: gpt-5.6-sol"));
        await Assertions.Expect(visitor.Button("In use for this draft: gpt-5.6-sol")).ToBeVisibleAsync();
        await ContinueAsync(wizard, keys);
        await Assertions.Expect(page.GetByTestId("compatibility-result")).ToBeVisibleAsync();
        await ContinueAsync(wizard, keys);
        await ContinueAsync(wizard, keys);
        await keys.PressOnAsync(page.Locator("input[name=strategy]:checked"), "ArrowRight");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Instant", Exact = true })).ToBeVisibleAsync();
        await keys.PressAsync("ArrowLeft");
        await keys.PressOnAsync(page.GetByLabel("First step", new() { Exact = true }), "Control+a");
        await keys.TypeAsync("35");
        await ContinueAsync(wizard, keys);
        await keys.PressOnAsync(page.GetByTestId("start-migration"));

        var live = await LivePage.OpenedAsync(visitor);
        await live.ShowsAsync("In progress");
        await Assertions.Expect(page.GetByText("35 %").First).ToBeVisibleAsync();
        await keys.PressOnAsync(live.Action("Roll back"));
        await Assertions.Expect(page.GetByLabel("Reason", new() { Exact = true })).ToBeFocusedAsync();
        await keys.TypeAsync("By hand, without a mouse");
        await keys.PressOnAsync(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Roll back" }));
        await live.ShowsAsync("Rolled back");
        await Assertions.Expect(live.Story).ToContainTextAsync("By hand, without a mouse");
        Assert.Empty(visitor.Faults);
    }

    private static Task ContinueAsync(WizardPage wizard, Keyboard keys) => wizard.ContinueAsync(button => keys.PressOnAsync(button));
}

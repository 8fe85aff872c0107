using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>The dialogs by keyboard: the focus goes in, Esc closes, the focus comes back, axe finds nothing, and the page's policy refuses none of their scripts and styles.</summary>
public sealed class DialogJourneyTests(DemoFixture demo) : DemoJourney(demo)
{
    private static readonly (string Page, string Button)[] Dialogs =
    [
        ("/datasets", "New dataset"), ("/settings/providers", "Add provider"), ("/settings/models", "Add model"), ("/settings/models/openai/gpt-4", "New price"),
        ("/settings/models/openai/gpt-4", "New rule"), ("/settings/features", "Add feature"), ("/settings/members", "Invite member"), ("/settings/webhooks", "Add webhook"),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dialogs_ByKeyboard_TakeAndGiveBackTheFocus(bool dark)
    {
        var visitor = await Demo.Browser.VisitAsync(Demo.Gateflow.Url, dark);
        await visitor.SignInAsync();
        var running = await Api.StartCanaryAsync("gpt-4", "gpt-5.6-sol", new { canary_percentage = 20, increase_interval_minutes = 60 });
        var dialog = visitor.Page.GetByRole(AriaRole.Dialog);
        List<string> findings = [];
        foreach (var (path, name) in Dialogs.Append(($"/migrations/{running}", "Roll back")))
        {
            await visitor.GoAsync(path);
            var button = visitor.Page.Locator("main").GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First;

            await button.PressAsync("Enter");
            await Assertions.Expect(dialog.Locator(":focus")).ToHaveCountAsync(1);
            findings.AddRange(await AccessibilityTests.FindingsAsync(visitor.Page, dark));
            await visitor.Page.Keyboard.PressAsync("Escape");

            await Assertions.Expect(dialog).ToHaveCountAsync(0);
            await Assertions.Expect(button).ToBeFocusedAsync();
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
        Assert.Empty(visitor.Faults);
    }
}

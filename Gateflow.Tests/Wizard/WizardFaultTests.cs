using Bunit;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Tests.Wizard;

/// <summary>The wizard while the database is away: each step says so, keeps what was typed, and the next press does it.</summary>
public sealed class WizardFaultTests : WizardBench
{
    [Fact]
    public async Task NewMigration()
    {
        await UseAsync();
        Navigation.NavigateTo("/migrations/new?source=gpt-4");
        IRenderedComponent<NewMigrationPage> page = null!;
        await Broken.BreakAsync(() =>
        {
            page = Render<NewMigrationPage>();
            return Task.CompletedTask;
        });
        page.WaitForAssertion(() => Assert.Contains("could not be read", page.Find(".error").TextContent, StringComparison.Ordinal));
        await ClickAsync(page.Find(".error button"));
        await InputAsync(page.WaitForElement("#name"), "Off gpt-4");

        await PressAsync(page, () => SubmitAsync(page.Find("form")));

        page.WaitForAssertion(() => Assert.EndsWith("/wizard?step=analysis", Navigation.Uri, StringComparison.Ordinal));
        Assert.Equal("Off gpt-4", (await StateAsync(Navigation.Uri.Split('/')[^2])).View.Name);
    }

    [Fact]
    public async Task Analysis()
    {
        await UseAsync();
        var page = Open(await DraftAsync(target: null), WizardStep.Analysis);

        await PressAsync(page, () => ClickAsync(Button(page, "Analyse again")));

        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".error")));
    }

    [Fact]
    public async Task Recommendations()
    {
        await UseAsync();
        var id = await DraftAsync(target: null);
        var page = Open(id, WizardStep.Recommendations);
        await Broken.BreakAsync(async () =>
        {
            await ChangeAsync(page.Find("#regions"), "eu");
            await SubmitAsync(page.Find("form.regions"));
        });
        page.WaitForAssertion(() => Assert.Contains("The recommendations could not be read", page.Find(".error").TextContent, StringComparison.Ordinal));
        await ChangeAsync(page.Find("#regions"), "");
        await SubmitAsync(page.Find("form.regions"));

        await PressAsync(page, () => ClickAsync(page.Find("button[aria-label='Use this model: gpt-5.6-sol']")));

        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".error")));
        Assert.Equal("gpt-5.6-sol", (await StateAsync(id)).View.TargetModel);
    }

    [Fact]
    public async Task Compatibility()
    {
        await UseAsync();
        var page = Open(await DraftAsync(), WizardStep.Compatibility);
        page.WaitForElement("[data-testid=compatibility-result]");

        await PressAsync(page, () => ClickAsync(Button(page, "Check again")));

        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".error")));
    }

    [Fact]
    public async Task Review()
    {
        await UseAsync();
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Review);

        await PressAsync(page, () => ClickAsync(page.Find("[data-testid=start-migration]")));

        page.WaitForState(() => Navigation.Uri.EndsWith($"/migrations/{id}", StringComparison.Ordinal));
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<WizardPage> page, string words) =>
        page.FindAll("button").Single(b => b.TextContent == words);

    /// <summary>Presses a button while the database is away, and again when it is back.</summary>
    private async Task PressAsync<T>(IRenderedComponent<T> page, Func<Task> press)
        where T : IComponent
    {
        await Broken.BreakAsync(press);
        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".error"), e => e.TextContent.Contains("Not saved, the database refused", StringComparison.Ordinal)));

        await press();
    }
}

using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>The wizard as a person uses it: from a source model to the start.</summary>
internal sealed class WizardPage(Visitor visitor)
{
    private IPage Page => visitor.Page;

    /// <summary>Makes a draft for a model that is in use, and opens it.</summary>
    public async Task CreateAsync(string source, string? name = null)
    {
        await visitor.GoAsync("/migrations/new");
        await Page.Locator($"input[name=source][value='{source}']").CheckAsync();
        if (name is not null)
        {
            await Page.GetByLabel("Name (optional)").FillAsync(name);
        }

        await visitor.Button("Create draft").ClickAsync();
        await OpenedAsync();
    }

    public async Task OpenedAsync()
    {
        await Page.WaitForURLAsync(new Regex("/migrations/mig_[a-z0-9]+/wizard"));
        await Assertions.Expect(Page.GetByTestId("wizard-step")).ToBeVisibleAsync();
    }

    /// <summary>Goes on to the next step and waits until it is shown: until then the button still leads to where one comes from.</summary>
    public async Task ContinueAsync(Func<ILocator, Task>? press = null)
    {
        var step = Page.GetByTestId("wizard-step");
        var before = await step.GetAttributeAsync("aria-label") ?? "";
        var button = visitor.Link("Continue");
        await (press is null ? button.ClickAsync() : press(button));
        await Assertions.Expect(step).Not.ToHaveAttributeAsync("aria-label", before, new() { Timeout = 30_000 });
        await Assertions.Expect(Page.Locator(".skeleton")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
    }

    /// <summary>Takes one of the recommended models.</summary>
    public async Task ChooseAsync(string target)
    {
        await visitor.Button($"Use this model: {target}").ClickAsync();
        await Assertions.Expect(visitor.Button($"In use for this draft: {target}")).ToBeVisibleAsync();
    }

    /// <summary>Looks a model up by a part of its name and takes it, recommended or not.</summary>
    public async Task FindAsync(string part, string target)
    {
        await Page.GetByLabel("Find a model").FillAsync(part);
        await visitor.Button($"Use {target}").ClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Button, new() { Name = $"In use for this draft: {target}" }).Or(Page.GetByTestId("chosen-other")).First).ToBeVisibleAsync();
    }

    /// <summary>From the first click to the configuration of a recommended target by a strategy.</summary>
    public async Task ConfigureAsync(string source, string target, string strategy)
    {
        await CreateAsync(source);
        await ContinueAsync();
        await ChooseAsync(target);
        await ToConfigurationAsync();
        await StrategyAsync(strategy);
    }

    /// <summary>From the chosen model over the check, which runs by itself, past the test to the configuration.</summary>
    public async Task ToConfigurationAsync()
    {
        await ContinueAsync();
        await Assertions.Expect(Page.GetByTestId("compatibility-result")).ToBeVisibleAsync();
        await ContinueAsync();
        await ContinueAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Radiogroup, new() { Name = "Strategy" })).ToBeVisibleAsync();
    }

    /// <summary>Chooses a strategy by its name on the page, and opens the fields that few people need.</summary>
    public async Task StrategyAsync(string name)
    {
        await Page.Locator(".strategy", new() { HasText = name }).First.Locator("input[type=radio]").CheckAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true })).ToBeVisibleAsync();
        await Page.GetByText("Advanced", new() { Exact = true }).ClickAsync();
    }

    /// <summary>Takes the demo's pace and waits until the page has heard: the next press must not meet what this one redraws.</summary>
    public async Task PaceAsync()
    {
        await visitor.Button("Demo pace").ClickAsync();
        await Assertions.Expect(Page.GetByTestId("config-state")).ToContainTextAsync("Changed");
    }

    /// <summary>Types into fields named by their labels.</summary>
    public async Task FillAsync(params (string Label, string Value)[] fields)
    {
        foreach (var (label, value) in fields)
        {
            await Page.GetByLabel(label, new() { Exact = true }).FillAsync(value);
        }
    }

    /// <summary>Goes on to the review and starts, or schedules; returns the live page.</summary>
    public async Task<LivePage> StartAsync()
    {
        await ContinueAsync();
        return await ExecuteAsync();
    }

    /// <summary>Starts, or schedules, from the review.</summary>
    public async Task<LivePage> ExecuteAsync()
    {
        await Page.GetByTestId("start-migration").ClickAsync();
        return await LivePage.OpenedAsync(visitor);
    }
}

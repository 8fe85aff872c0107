using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>A migration's live page. Nothing here loads it anew: what it shows has come by itself.</summary>
internal sealed class LivePage
{
    private static readonly Regex Address = new("/migrations/(mig_[a-z0-9]+)$");

    private readonly Visitor _visitor;

    private LivePage(Visitor visitor) => _visitor = visitor;

    public string Id => Address.Match(_visitor.Page.Url).Groups[1].Value;

    public ILocator Story => _visitor.Page.GetByTestId("story");

    private ILocator Dialog => _visitor.Page.GetByRole(AriaRole.Dialog);

    private ILocator Actions => _visitor.Page.Locator(".page-header .actions");

    /// <summary>The page that a click has led to.</summary>
    public static async Task<LivePage> OpenedAsync(Visitor visitor)
    {
        await visitor.Page.WaitForURLAsync(Address);
        await Assertions.Expect(visitor.Page.GetByTestId("sentence")).ToBeVisibleAsync();
        return new LivePage(visitor);
    }

    public static async Task<LivePage> GoAsync(Visitor visitor, string id)
    {
        await visitor.GoAsync($"/migrations/{id}");
        return await OpenedAsync(visitor);
    }

    public Task ShowsAsync(string status, int seconds = 30) =>
        Assertions.Expect(_visitor.Page.GetByTestId("status")).ToContainTextAsync(status, new() { Timeout = seconds * 1000 });

    /// <summary>Says whether a verb has its button among the page's actions.</summary>
    public ILocator Action(string verb) => Actions.GetByRole(AriaRole.Button, new() { Name = verb });

    /// <summary>Opens the dialog of a verb and gives the reason; nothing has happened yet.</summary>
    public async Task AskAsync(string verb, string? reason = null)
    {
        await Action(verb).ClickAsync();
        await Assertions.Expect(Dialog).ToBeVisibleAsync();
        if (reason is not null)
        {
            await Dialog.Locator("textarea").FillAsync(reason);
        }
    }

    /// <summary>Presses the button that the dialog ends with.</summary>
    public Task ConfirmAsync() => Dialog.Locator("button[type=submit]").ClickAsync();

    public async Task ActAsync(string verb, string? reason = null)
    {
        await AskAsync(verb, reason);
        await ConfirmAsync();
        await Assertions.Expect(Dialog).ToHaveCountAsync(0);
    }

    /// <summary>What the open dialog says is missing.</summary>
    public ILocator Missing => Dialog.GetByRole(AriaRole.Alert);
}

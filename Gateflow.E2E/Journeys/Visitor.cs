using System.Text.RegularExpressions;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>A person at a page.</summary>
public sealed class Visitor
{
    private readonly List<string> _faults = [];

    public Visitor(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _faults.Add(message.Text);
            }
        };
        page.PageError += (_, fault) => _faults.Add(fault);
    }

    public IPage Page { get; }

    /// <summary>Errors of the browser's console so far.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name });

    /// <summary>Signs in by the key, as a person does.</summary>
    public async Task SignInAsync()
    {
        await Page.GotoAsync("/login");
        await Page.GetByLabel("Key").FillAsync(GateflowProcess.AdminKey);
        await Button("Sign in").ClickAsync();
        await Page.WaitForURLAsync(new Regex("/$"));
        await LiveAsync();
    }

    /// <summary>Goes to a page and waits until it is interactive and the loading marks are gone.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await LiveAsync();
    }

    /// <summary>Waits until the page's circuit has drawn it: from then on its buttons answer.</summary>
    public async Task LiveAsync()
    {
        await Assertions.Expect(Page.Locator(".shell[data-live=true]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(Page.Locator(".skeleton")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
    }

    /// <summary>Writes a picture of what is on the screen into docs/images, where it is missing or <c>GATEFLOW_PICTURES=1</c> asks for new ones.</summary>
    public async Task PictureAsync(string name)
    {
        var path = Path.Combine(Repository.Root, "docs", "images", name + ".png");
        if (!File.Exists(path) || Environment.GetEnvironmentVariable("GATEFLOW_PICTURES") == "1")
        {
            await Page.ScreenshotAsync(new() { Path = path, Animations = ScreenshotAnimations.Disabled });
        }
    }
}

using System.Text.RegularExpressions;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>A person at a page.</summary>
public sealed class Visitor
{
    /// <summary>Handshake, start of the circuit, first renderings.</summary>
    private const int FramesUntilLive = 4;

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
    }

    /// <summary>Goes to a page and waits until it is interactive: its circuit has sent what it renders, and the loading marks are gone.</summary>
    public async Task GoAsync(string path)
    {
        var live = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Watch(object? sender, IWebSocket socket)
        {
            var frames = 0;
            socket.FrameReceived += (_, _) =>
            {
                if (Interlocked.Increment(ref frames) >= FramesUntilLive)
                {
                    live.TrySetResult();
                }
            };
        }

        Page.WebSocket += Watch;
        await Page.GotoAsync(path);
        await live.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Page.WebSocket -= Watch;
        await Assertions.Expect(Page.Locator(".skeleton")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
    }

    /// <summary>Writes a picture into docs/images.</summary>
    public async Task PictureAsync(string name, bool whole = true)
    {
        var folder = Path.Combine(Repository.Root, "docs", "images");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = whole, Animations = ScreenshotAnimations.Disabled });
    }
}

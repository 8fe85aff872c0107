using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>One Chromium for a test, and pages that remember every error of their console.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Browser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable(), Args = Flags }));
    }

    /// <summary>A new visitor: no cookie of another is shared.</summary>
    public async Task<Visitor> VisitAsync(string url, bool dark = false, int width = 1280, int height = 860)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = url, ViewportSize = new() { Width = width, Height = height }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(30_000);
        return new Visitor(await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static string Executable() =>
        Environment.GetEnvironmentVariable("GATEFLOW_CHROMIUM")
        ?? new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("No Chromium was found; ./test.sh installs one, or GATEFLOW_CHROMIUM names it.");
}

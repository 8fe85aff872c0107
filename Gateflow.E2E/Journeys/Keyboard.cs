using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>Hands that have no mouse: what cannot be reached by Tab cannot be used.</summary>
internal sealed class Keyboard(IPage page)
{
    /// <summary>More than any page has to stop at.</summary>
    private const int MostStops = 150;

    public Task PressAsync(string key) => page.Keyboard.PressAsync(key);

    public Task TypeAsync(string text) => page.Keyboard.TypeAsync(text);

    /// <summary>Tab after Tab from where the focus is, until it is on the element; then presses a key there.</summary>
    public async Task PressOnAsync(ILocator element, string key = "Enter")
    {
        await Assertions.Expect(element).ToBeVisibleAsync();
        for (var stops = 0; !await element.EvaluateAsync<bool>("e => e === document.activeElement"); stops++)
        {
            Assert.True(stops < MostStops, $"{element} on {page.Url} is not reached by Tab");
            await PressAsync("Tab");
        }

        await PressAsync(key);
    }
}

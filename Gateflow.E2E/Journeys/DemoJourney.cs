using Gateflow.E2E.Hosting;

namespace Gateflow.E2E.Journeys;

/// <summary>A journey through the shared demo. Whatever it leaves moving is rolled back after it, so that the models' traffic is free for the next.</summary>
[Collection(DemoJourneys.Name)]
public abstract class DemoJourney(DemoFixture demo) : IAsyncLifetime
{
    private static readonly string[] Moving = ["in_progress", "paused", "soaking", "completed"];

    protected DemoFixture Demo { get; } = demo;

    protected HttpClient Api => Demo.Gateflow.Client;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var status in Moving)
        {
            foreach (var migration in (await Api.CallAsync(HttpMethod.Get, $"/migrations?status={status}"))["data"]!.AsArray())
            {
                await Api.CallAsync(HttpMethod.Post, $"/migrations/{migration!["migration_id"]}/rollback", new { reason = "The journey is over" });
            }
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Pages of the navigation, as it links them.</summary>
    protected static async Task<IReadOnlyList<string>> NavigationAsync(Visitor visitor) =>
        [.. (await visitor.Page.Locator("nav[aria-label=Main] a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))")).Select(page => "/" + page.TrimStart('/'))];
}

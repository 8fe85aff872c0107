using Deque.AxeCore.Playwright;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>Every page of the navigation, the wizard's steps and a migration's pages, held against axe's rules in light and in dark.</summary>
public sealed class AccessibilityTests
{
    private static readonly string[] Steps = ["analysis", "recommendations", "compatibility", "test", "configure", "review"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_HaveNoSeriousFinding(bool dark)
    {
        await using var gateflow = await GateflowProcess.StartAsync();
        await using var browser = await Browser.StartAsync();
        var visitor = await browser.VisitAsync(gateflow.Url, dark);
        await Eventually.TrueAsync(
            async () => (await gateflow.Client.CallAsync(HttpMethod.Get, "/deprecations"))["data"]!.AsArray().Count == 2, TimeSpan.FromSeconds(60), () => "the demo's month was not written");
        var draft = (await gateflow.Client.CallAsync(HttpMethod.Post, "/migrations", new { source_model = "gpt-4", target_model = "gpt-5.6-sol", analyze = true }))["migration_id"]!.GetValue<string>();
        var running = await gateflow.Client.StartCanaryAsync("gpt-4", "gpt-5.6-sol", new { canary_percentage = 20, increase_interval_minutes = 60 });
        List<string> findings = [];

        await visitor.Page.GotoAsync("/login");
        findings.AddRange(await FindingsAsync(visitor.Page));
        await visitor.SignInAsync();
        await visitor.GoAsync("/");
        var pages = await visitor.Page.Locator("nav[aria-label=Main] a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        Assert.NotEmpty(pages);
        string[] deep = ["/migrations/new", $"/migrations/{running}", .. Steps.Select(step => $"/migrations/{draft}/wizard?step={step}")];
        foreach (var path in pages.Select(page => "/" + page.TrimStart('/')).Concat(deep))
        {
            await visitor.GoAsync(path);
            findings.AddRange(await FindingsAsync(visitor.Page));
        }

        await gateflow.Client.CallAsync(HttpMethod.Post, $"/migrations/{running}/rollback", new { reason = "Enough was seen" });
        await visitor.GoAsync($"/rollbacks/{running}");
        findings.AddRange(await FindingsAsync(visitor.Page));

        Assert.True(findings.Count == 0, string.Join('\n', findings));
        Assert.Empty(visitor.Faults);
    }

    /// <summary>Serious and critical findings, each as page, rule and place.</summary>
    private static async Task<IEnumerable<string>> FindingsAsync(IPage page) =>
        (await page.RunAxe()).Violations
            .Where(violation => violation.Impact is "serious" or "critical")
            .SelectMany(violation => violation.Nodes.Select(node => $"{page.Url}: {violation.Id} ({violation.Impact}): {node.Target} {node.Html}"))
            .ToList();
}

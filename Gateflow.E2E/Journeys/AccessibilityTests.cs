using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>Every page of the navigation, the wizard's steps and a migration's pages, held against axe's rules in light and in dark, and pictured.</summary>
public sealed class AccessibilityTests(DemoFixture demo) : DemoJourney(demo)
{
    private static readonly string[] Steps = ["analysis", "recommendations", "compatibility", "test", "configure", "review"];

    /// <summary>Pages that <see cref="RollbackJourneyTests"/> pictures in light, at moments that tell more.</summary>
    private static readonly HashSet<string> OfTheJourney =
        ["overview", "migrations", "rollbacks", "live-running", "live-rolled-back", "rollback-story", .. Steps.Select(step => $"wizard-{step}")];

    /// <summary>What can differ in dark: the pages are the same, their colours are not.</summary>
    private static readonly AxeRunOptions Colours = new() { RunOnly = RunOnlyOptions.Rules("color-contrast", "link-in-text-block") };

    /// <summary>All but a table's later rows, which repeat the markup and the colours of the first.</summary>
    private static readonly AxeRunContext Places = new() { Exclude = [new AxeSelector("tbody > tr:nth-child(n+7)")] };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_HaveNoSeriousFinding(bool dark)
    {
        var visitor = await Demo.Browser.VisitAsync(Demo.Gateflow.Url, dark);
        var draft = (await Api.CallAsync(HttpMethod.Post, "/migrations", new { source_model = "gpt-4", target_model = "gpt-5.6-sol", analyze = true }))["migration_id"]!.GetValue<string>();
        var running = await Api.StartCanaryAsync("gpt-4", "gpt-5.6-sol", new { canary_percentage = 20, increase_interval_minutes = 60 });
        List<string> findings = [];

        await visitor.Page.GotoAsync("/login");
        findings.AddRange(await FindingsAsync(visitor.Page, dark));
        await visitor.SignInAsync();
        await visitor.GoAsync("/");
        var pages = await NavigationAsync(visitor);
        Assert.NotEmpty(pages);
        (string Path, string Name)[] deep =
            [("/migrations/new", "new-migration"), ($"/migrations/{running}", "live-running"), .. Steps.Select(step => ($"/migrations/{draft}/wizard?step={step}", $"wizard-{step}"))];
        await LookAsync("/settings/models/openai/gpt-4", null);
        foreach (var (path, name) in pages.Select(page => (page, Name(page))).Concat(deep))
        {
            await LookAsync(path, name);
        }

        await Api.CallAsync(HttpMethod.Post, $"/migrations/{running}/rollback", new { reason = "Enough was seen" });
        await LookAsync($"/rollbacks/{running}", "rollback-story");
        await LookAsync($"/migrations/{running}", "live-rolled-back");

        Assert.True(findings.Count == 0, string.Join('\n', findings));
        Assert.Empty(visitor.Faults);

        async Task LookAsync(string path, string? name)
        {
            await visitor.GoAsync(path);
            findings.AddRange(await FindingsAsync(visitor.Page, dark));
            if (name is not null && (dark || !OfTheJourney.Contains(name)))
            {
                await visitor.PictureAsync(dark ? name + "-dark" : name);
            }
        }
    }

    /// <summary>"/settings/providers" as the name of its picture.</summary>
    private static string Name(string address) => address.Trim('/') is { Length: > 0 } path ? path.Replace('/', '-') : "overview";

    /// <summary>Serious and critical findings, each as page, rule and place.</summary>
    internal static async Task<IReadOnlyList<string>> FindingsAsync(IPage page, bool dark) =>
        (await page.RunAxe(Places, dark ? Colours : null)).Violations
            .Where(violation => violation.Impact is "serious" or "critical")
            .SelectMany(violation => violation.Nodes.Select(node => $"{page.Url}: {violation.Id} ({violation.Impact}): {node.Target} {node.Html}"))
            .ToList();
}

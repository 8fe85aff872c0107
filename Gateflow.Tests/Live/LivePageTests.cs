using AngleSharp.Dom;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;
using Gateflow.Tests.Management;
using Gateflow.Tests.Shell;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Live;

/// <summary>The live page over a real program: what it shows, what it lets whom do, and that it follows.</summary>
public sealed class LivePageTests
{
    [Fact]
    public async Task Page_OfARunningCanary_ShowsStepVerdictAndFollowsTheRollback()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync("""{"rollback_threshold": {"error_rate": 0.05}}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await using var context = new LiveContext(gateflow);

        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));

        page.WaitForAssertion(() => Assert.Contains("In progress", Text(page, "status"), StringComparison.Ordinal));
        Assert.Contains("Error rate", Text(page, "guardrails"), StringComparison.Ordinal);
        Assert.Contains(Buttons(page), b => b == "Pause");
        Assert.Contains(Buttons(page), b => b == "Roll back");
        await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "seen enough"}""");
        gateflow.Host.Get<MigrationFeed>().Signal(id);

        page.WaitForAssertion(() => Assert.Contains("Rolled back", Text(page, "status"), StringComparison.Ordinal));
        Assert.Contains("seen enough", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(Buttons(page), b => b == "Roll back");
    }

    [Fact]
    public async Task Page_ForAViewer_HasNoCommands()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await using var context = new LiveContext(gateflow, Role.Viewer);

        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));

        page.WaitForAssertion(() => Assert.Contains("In progress", Text(page, "status"), StringComparison.Ordinal));
        Assert.DoesNotContain(Buttons(page), b => b is "Pause" or "Roll back" or "Advance");
    }

    [Fact]
    public async Task Page_OfAnUnknownMigration_SaysSo()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        await using var context = new LiveContext(gateflow);

        var page = context.Render<LivePage>(p => p.Add(x => x.Id, "mig_nothing"));

        page.WaitForAssertion(() => Assert.Contains("mig_nothing", page.Markup, StringComparison.Ordinal));
    }

    private static string Text(IRenderedComponent<LivePage> page, string testId) => page.Find($"[data-testid={testId}]").TextContent;

    private static List<string> Buttons(IRenderedComponent<LivePage> page) => [.. page.FindAll("button").Select(b => b.TextContent.Trim())];

    private sealed class LiveContext : PageTestContext
    {
        public LiveContext(ManagedGateflow gateflow, Role role = Role.Admin)
            : base(gateflow.Host, role)
        {
            Services.AddSingleton(gateflow.Host.Get<MigrationFeed>());
            Services.AddSingleton(gateflow.Host.Get<LiveSnapshots>());
            Services.AddSingleton(gateflow.Host.Get<Conduct>());
            Services.AddSingleton(gateflow.Host.Get<Drafting>());
            Services.AddSingleton(gateflow.Host.Get<ModelDirectory>());
        }
    }
}

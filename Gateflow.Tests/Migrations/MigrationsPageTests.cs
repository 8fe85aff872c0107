using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Templates;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Migrations;

public sealed class MigrationsPageTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    private readonly GateflowHost host = program.Host;

    [Fact]
    public async Task List_TabsAndFilter_StandInTheAddress()
    {
        await using var context = new PageTestContext(host);
        var draft = await DraftAsync("gpt-4", "gpt-4o");
        await DraftAsync("claude-2.1", "claude-3-5-sonnet-20240620");
        var navigation = context.Services.GetRequiredService<NavigationManager>();
        var page = context.Render<MigrationsPage>();
        Assert.Equal($"/migrations/{draft}/wizard", page.Find($"tr[data-id={draft}] a").GetAttribute("href"));

        await context.InputAsync(page.Find("input[type=search]"), "claude-2");

        Assert.EndsWith("/migrations?q=claude-2", navigation.Uri, StringComparison.Ordinal);
        Assert.Empty(page.FindAll($"tr[data-id={draft}]"));
        Assert.Contains(page.FindAll(".pills a"), a => a.GetAttribute("href") == "/migrations?tab=running&q=claude-2");

        navigation.NavigateTo("/migrations?tab=running");

        page.WaitForAssertion(() => Assert.Contains("No migration is running", page.Markup, StringComparison.Ordinal));
        Assert.Equal("page", page.FindAll(".pills a").Single(a => a.GetAttribute("href") == "/migrations?tab=running").GetAttribute("aria-current"));
    }

    [Fact]
    public async Task List_SomethingChanged_ShowsIt()
    {
        await using var context = new PageTestContext(host);
        var page = context.Render<MigrationsPage>();

        var draft = await DraftAsync("gpt-4", "gpt-4o");
        context.Feed.Signal(draft);

        page.WaitForAssertion(() => Assert.NotNull(page.Find($"tr[data-id={draft}]")));
    }

    [Fact]
    public async Task Deprecating_RunningAndDone_LeadsToTheOneAndLeavesOutTheOther()
    {
        await using var own = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(own);
        var now = context.Clock.GetUtcNow();
        var (paused, done, part) = (Begun("gpt-4", new()), Begun("gpt-4-0613", new()), Begun("gpt-4o", new() { Scope = new() { Features = ["chat"] } }));
        paused.Pause("Ada", now, null);
        foreach (var migration in new[] { done, part })
        {
            migration.Soak("Ada", now);
            migration.Complete("Ada", now);
        }

        await context.AddAsync([paused, done, part, .. new[] { "gpt-4", "gpt-4-0613", "gpt-4o", "gpt-4-turbo" }.Select(model => (object)new UsageRollup
        {
            Hour = new DateTimeOffset(now.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero), Node = "n", Model = model, ServedModel = model, Feature = "", KeyId = "key", Requests = 5,
        })]);

        var page = context.Render<MigrationsPage>();
        var links = page.FindAll("[data-testid=deprecating] li").ToDictionary(li => li.GetAttribute("data-model")!, li => li.QuerySelector("a.btn")!.GetAttribute("href"));

        Assert.DoesNotContain("gpt-4-0613", links.Keys);
        Assert.Equal($"/migrations/{paused.Id}", links["gpt-4"]);
        Assert.Equal("/migrations/new?source=gpt-4o", links["gpt-4o"]);
        Assert.Equal("/migrations/new?source=gpt-4-turbo", links["gpt-4-turbo"]);

        Migration Begun(string source, MigrationConfig config)
        {
            var migration = new Migration { Id = Ids.New("mig", now), SourceModel = source, CreatedAt = now, CreatedBy = "Ada" };
            migration.Configure("gpt-5.6-sol", config, [], "Ada", now);
            migration.Execute("Ada", now);
            return migration;
        }
    }

    [Fact]
    public async Task List_Viewer_OffersNothingToStart()
    {
        await using var context = new PageTestContext(host, Role.Viewer);

        var page = context.Render<MigrationsPage>();

        Assert.DoesNotContain(page.FindAll("header a"), a => a.GetAttribute("href") == "/migrations/new");
        Assert.Empty(page.FindAll("details.gf-menu"));
    }

    [Fact]
    public async Task List_Left_StopsListening()
    {
        await using var context = new PageTestContext(host);
        context.Render<MigrationsPage>();
        Assert.Equal(1, context.Feed.Watchers);

        await context.DisposeComponentsAsync();

        Assert.Equal(0, context.Feed.Watchers);
    }

    [Fact]
    public void Tab_Count_SumsItsStatuses()
    {
        Dictionary<MigrationStatus, int> counts = new() { [MigrationStatus.InProgress] = 2, [MigrationStatus.Paused] = 1, [MigrationStatus.RolledBack] = 4 };

        Assert.Equal([7, 3, 0, 0, 4], MigrationTab.Tabs.Select(t => t.Count(counts)));
        Assert.Equal("all", MigrationTab.Find("nonsense").Name);
    }

    [Fact]
    public void Choices_SourceInUse_ComesFirstAndIsNamed()
    {
        MigrationTemplate[] templates =
        [
            new() { Id = "a", Sources = ["openai/gpt-3.5-turbo"], Target = "openai/gpt-4o" },
            new() { Id = "b", Sources = ["openai/gpt-4-32k", "openai/gpt-4"], Target = "openai/gpt-4o" },
        ];

        Assert.Equal([new("b", "gpt-4", "gpt-4o", true), new("a", "gpt-3.5-turbo", "gpt-4o", false)], MigrationListReader.Choices([.. templates.Select(TemplateView.Of)], ["gpt-4"]));
    }

    private async Task<string> DraftAsync(string source, string target) =>
        (await host.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = source, TargetModel = target }, "Ada", TestContext.Current.CancellationToken)).Value!.Id;
}

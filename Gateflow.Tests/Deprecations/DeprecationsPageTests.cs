using System.Text.Json;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Deprecations;
using Gateflow.Dashboard.Migrations;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Deprecations;

public sealed class DeprecationsPageTests
{
    // Its end is announced in the catalog; nothing below depends on how far away it is.
    private const string Model = "gpt-4o";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_InUse_Teaches()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);

        var page = context.Render<DeprecationsPage>();

        page.WaitForAssertion(() => Assert.Contains("No model that you used", page.Find("[data-testid=in-use]").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("[data-testid=timeline]"));
    }

    [Fact]
    public async Task InUse_ShowsWhoUsesItAndWhatIsDone_AndFiltersFromTheAddress()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        await context.AddAsync(Used(context, Model, "chatbot", "key_a", 9), Used(context, Model, "search", "key_b", 20), Used(context, "gpt-4-0613", "", "key_a", 3));
        var navigation = context.Services.GetRequiredService<NavigationManager>();

        var page = context.Render<DeprecationsPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("[data-testid=in-use] li[data-model]").Count));
        var row = page.Find($"[data-testid=in-use] li[data-model='{Model}']");

        Assert.Contains("29\u00a0requests", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("search, chatbot", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("key_b, key_a", row.TextContent, StringComparison.Ordinal);
        Assert.Equal($"/migrations/new?source={Model}", row.QuerySelector("a.btn")!.GetAttribute("href"));
        Assert.DoesNotContain(page.FindAll("[data-testid=unused] code"), c => c.TextContent == Model);

        await context.InputAsync(page.Find("input[type=search]"), "search");
        Assert.EndsWith("/deprecations?q=search", navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-testid=in-use] li[data-model]")));

        var draft = (await host.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = Model, TargetModel = "gpt-5" }, "Ada", Token)).Value!;
        var listed = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/management/deprecations", Token)).RootElement.GetProperty("data").EnumerateArray()
            .Single(e => e.GetProperty("model").GetString() == Model);
        Assert.Equal((draft.Id, "draft"), (listed.GetProperty("migration").GetProperty("migration_id").GetString(), listed.GetProperty("migration").GetProperty("status").GetString()));
        Assert.Equal(["key_b", "key_a"], listed.GetProperty("keys").EnumerateArray().Select(k => k.GetString()));

        var again = context.Render<DeprecationsPage>();
        again.WaitForAssertion(() => Assert.Equal($"/migrations/{draft.Id}/wizard", again.Find($"li[data-model='{Model}'] a.btn").GetAttribute("href")));
    }

    [Fact]
    public async Task Viewer_SeesNoStart()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Viewer);
        await context.AddAsync(Used(context, Model, "", "key_a", 9));

        var page = context.Render<DeprecationsPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-testid=in-use] li[data-model]")));
        Assert.DoesNotContain("Start migration", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Filter_Address_RoundTrips()
    {
        var filter = new DeprecationFilter(90, "azure-openai", "a b&c");

        Assert.Equal("/deprecations?within=90&provider=azure-openai&q=a%20b%26c", filter.Href);
        Assert.Equal(filter, DeprecationFilter.Parse("90", "azure-openai", " a b&c "));
        Assert.Equal(new DeprecationFilter(), DeprecationFilter.Parse("17", "", " "));
    }

    private static UsageRollup Used(PageTestContext context, string model, string feature, string key, long requests)
    {
        var at = context.Clock.GetUtcNow().AddDays(-2);
        return new UsageRollup
        {
            Hour = new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero), Node = "n", Model = model, ServedModel = model, Feature = feature, KeyId = key, Requests = requests,
        };
    }
}

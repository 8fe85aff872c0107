using System.Net;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Dashboard.Catalog;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using static Gateflow.Tests.Catalog.CatalogCalls;

namespace Gateflow.Tests.Catalog;

/// <summary>The pages of the catalog over the services of the very program.</summary>
public sealed class ModelPagesTests
{
    private const string File = """
        {
          "gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3e-06, "output_cost_per_token": 0.00001, "deprecation_date": "2027-06-01"},
          "gpt-9-nova": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 2000000, "input_cost_per_token": 4e-06, "output_cost_per_token": 2e-05},
          "gpt-odd": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": -1}
        }
        """;

    [Fact]
    public async Task List_FiltersStandInTheAddressAndPagesFollow()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        await using var context = new PageTestContext(host, Role.Viewer);
        var navigation = context.Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("/settings/models?provider=openai");

        var page = context.Render<ModelsPage>();
        page.WaitForElement("[data-testid=models]");
        var first = page.FindAll("[data-testid=models] tbody tr").Select(r => r.GetAttribute("data-model")).ToList();
        var next = page.Find("nav[aria-label=Pages] a").GetAttribute("href");
        await context.InputAsync(page.Find("input[type=search]"), "gpt-4-32k");

        Assert.Equal((50, "openai/gpt-4o", "openai/gpt-5"), (first.Count, first[0], first[1]));
        Assert.Contains("cursor=50", next, StringComparison.Ordinal);
        Assert.EndsWith("?q=gpt-4-32k&provider=openai", navigation.Uri, StringComparison.Ordinal);
        Assert.DoesNotContain("Add model", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_EditedFact_ShowsAuthorAndWhatShipped_AndResets()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        await MustAsync(host, "PATCH", "/models/openai/gpt-4o", """{"retires_on": "2029-01-14", "source": "our contract", "price": {"input": 2, "valid_from": "2030-01-01"} }""");
        await using var context = new PageTestContext(host, Role.Operator);

        var page = context.Render<ModelPage>(p => p.Add(m => m.Provider, "openai").Add(m => m.Id, "gpt-4o"));
        page.WaitForElement("[data-fact=retires_on] button");
        var edited = page.Find("[data-fact=retires_on]").TextContent;
        var prices = page.FindAll("[data-testid=prices] tbody tr").Select(r => r.TextContent).ToList();
        await context.ClickAsync(page.Find("button[aria-label='Reset Retires']"));
        page.WaitForAssertion(() => Assert.DoesNotContain("our contract", page.Find("[data-fact=retires_on]").TextContent, StringComparison.Ordinal));

        Assert.Contains("our contract", edited, StringComparison.Ordinal);
        Assert.Contains("entered by hand", edited, StringComparison.Ordinal);
        Assert.Contains("shipped: 14", edited, StringComparison.Ordinal);
        Assert.Equal(2, prices.Count);
        Assert.Contains("current", prices[0], StringComparison.Ordinal);
        Assert.Contains("ships with Gateflow", page.Find("[data-fact=retires_on]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FactDialog_WrongDate_IsToldThereAndAGoodOneIsSaved()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        await using var context = new PageTestContext(host, Role.Operator);
        var fact = (await host.Get<ModelReader>().FindAsync("openai/gpt-4o", TestContext.Current.CancellationToken)).Value!.Facts.Single(f => f.Field == "retires_on");

        var dialog = context.Render<FactDialog>(p => p.Add(d => d.Model, "openai/gpt-4o").Add(d => d.Fact, fact).Add(d => d.Actor, "Ada"));
        await context.ChangeAsync(dialog.Find("#fact-value"), "2020-01-01");
        await context.SubmitAsync(dialog.Find("form"));
        dialog.WaitForAssertion(() => Assert.Contains("before released", dialog.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        await context.ChangeAsync(dialog.Find("#fact-value"), "2028-05-01");
        await context.SubmitAsync(dialog.Find("form"));

        var saved = await MustAsync(host, "GET", "/models/openai/gpt-4o");
        Assert.Equal(("2028-05-01", "Ada"), (Value(saved, "retires_on"), Text(Fact(saved, "retires_on")["source"]!, "by")));
    }

    [Fact]
    public async Task Import_PastedFile_IsReviewedAndOnlyTheChosenRowApplied()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        await using var context = new PageTestContext(host, Role.Operator);
        var navigation = context.Services.GetRequiredService<NavigationManager>();

        var entry = context.Render<CatalogImportsPage>();
        await context.ChangeAsync(entry.Find("#import-text"), File);
        await context.ClickAsync(entry.FindAll("button").Single(b => b.TextContent == "Compare"));
        entry.WaitForAssertion(() => Assert.Contains("/settings/models/imports/cimp_", navigation.Uri, StringComparison.Ordinal));
        var page = context.Render<CatalogImportPage>(p => p.Add(i => i.Id, navigation.Uri.Split('/')[^1]));
        page.WaitForElement("[data-testid=rows]");
        var changed = page.FindAll("tr[data-row]").Where(r => r.GetAttribute("data-row") == "1").Select(r => r.TextContent).ToList();
        var wrong = page.Find("tr[data-row='3']").TextContent;
        await context.ChangeAsync(page.Find("input[aria-label='Choose openai/gpt-4o']"), true);
        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent.StartsWith("Apply 1", StringComparison.Ordinal)));
        page.WaitForAssertion(() => Assert.Contains("Applied", page.Find("tr[data-row='1']").TextContent, StringComparison.Ordinal));

        Assert.Equal(2, changed.Count);
        Assert.Contains("14", changed[0], StringComparison.Ordinal);
        Assert.Contains("$2.50 / 1M", changed[1], StringComparison.Ordinal);
        Assert.Contains("$3.00 / 1M", changed[1], StringComparison.Ordinal);
        Assert.Contains("negative", wrong, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("input[aria-label='Choose openai/gpt-odd']"));
        Assert.Equal("2027-06-01", Value(await MustAsync(host, "GET", "/models/openai/gpt-4o"), "retires_on"));
        Assert.Equal(HttpStatusCode.NotFound, (await CallAsync(host, "GET", "/models/gpt-9-nova")).Status);
        Assert.Contains(page.FindAll("button"), b => b.TextContent.Contains("Undo", StringComparison.Ordinal));
        Assert.NotEmpty(await LinksAsync(Role.Operator));
        Assert.Empty(await LinksAsync(Role.Viewer)); // imports are operators' pages

        async Task<List<string?>> LinksAsync(Role role)
        {
            await using var own = new PageTestContext(host, role);
            var model = own.Render<ModelPage>(p => p.Add(m => m.Provider, "openai").Add(m => m.Id, "gpt-4o"));
            model.WaitForAssertion(() => Assert.Contains("2027", model.Find("[data-fact=retires_on]").TextContent, StringComparison.Ordinal));
            return [.. model.FindAll("a[href^='/settings/models/imports/']").Select(a => a.GetAttribute("href"))];
        }
    }

    [Fact]
    public async Task Aliases_AddedOnThePage_AndARefusalStandsThere()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        await using var context = new PageTestContext(host, Role.Operator);

        var page = context.Render<AliasesPage>();
        page.WaitForElement("#alias-name");
        await context.ChangeAsync(page.Find("#alias-name"), "gpt-4o");
        await context.ChangeAsync(page.Find("#alias-model"), "gpt-5");
        await context.SubmitAsync(page.Find("form"));
        page.WaitForAssertion(() => Assert.Contains("must not hide one", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        await context.ChangeAsync(page.Find("#alias-name"), "chat-default");
        await context.SubmitAsync(page.Find("form"));

        page.WaitForAssertion(() => Assert.Contains("chat-default", page.Find("[data-testid=aliases]").TextContent, StringComparison.Ordinal));
        Assert.Equal("gpt-5", Text(await MustAsync(host, "GET", "/aliases/chat-default"), "model"));
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Fallbacks;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace Gateflow.Tests.Fallbacks;

/// <summary>The pages of chains over the services of the very program, whose provider serves three models and is never called.</summary>
public sealed class FallbackPagesTests
{
    private static readonly Dictionary<string, string?> Providers = new()
    {
        ["Gateflow:Providers:house:Type"] = "OpenAI",
        ["Gateflow:Providers:house:BaseUrl"] = "http://127.0.0.1:9/v1",
        ["Gateflow:Providers:house:ApiKey"] = "sk-of-the-tests",
        ["Gateflow:Providers:house:Models:0"] = "gpt-4",
        ["Gateflow:Providers:house:Models:1"] = "gpt-5",
        ["Gateflow:Providers:house:Models:2"] = "gpt-5-mini",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_Empty_OffersTheFirst_AndViewersCannotTouch()
    {
        await using var host = await GateflowHost.StartAsync(Providers);
        await using var operators = new PageTestContext(host, Role.Operator);
        await using var viewers = new PageTestContext(host, Role.Viewer);

        var empty = operators.Render<FallbacksPage>();
        empty.WaitForAssertion(() => Assert.Equal("/fallbacks/new", empty.Find(".empty a").GetAttribute("href")));
        await ChainAsync(host, "gpt-5");
        var seen = viewers.Render<FallbacksPage>();

        seen.WaitForAssertion(() => Assert.Contains("gpt-5", seen.Find("[data-testid=chains] tbody").TextContent, StringComparison.Ordinal));
        Assert.Equal(["Try it"], seen.FindAll("button[type=submit], td button").Select(b => b.TextContent));
        Assert.Empty(seen.FindAll("input[role=switch]"));
    }

    [Fact]
    public async Task List_ChainWithTrouble_SaysItAndTheDryRunSaysWhoAnswers()
    {
        await using var host = await GateflowHost.StartAsync(Providers);
        await using var context = new PageTestContext(host);
        await ChainAsync(host, "claude-3-haiku-20240307", "gpt-5", "gpt-5-mini");
        var navigation = context.Services.GetRequiredService<NavigationManager>();

        var page = context.Render<FallbacksPage>();
        page.WaitForAssertion(() => Assert.Contains("is not served by any configured provider", page.Find(".problem").TextContent, StringComparison.Ordinal));
        await context.InputAsync(page.Find("#dry-model"), "gpt-4");
        await context.ChangeAsync(page.Find("#dry-reason"), "timeout");

        Assert.EndsWith("/fallbacks?try=gpt-4&failure=timeout", navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal(
            [
                "gpt-4house Supposed to fail: no first byte in time.",
                "gpt-5house Answers; callers see the reason timeout.",
                "claude-3-haiku-20240307 Passed over: no configured provider serves it.",
                "gpt-5-mini Not needed: another one answers before.",
            ],
            page.FindAll("[data-testid=dry-run] li").Select(li => $"{li.QuerySelector(".model")!.TextContent} {li.QuerySelector(".why")!.TextContent}")));

        using var answer = await host.Client.PostAsJsonAsync("/v1/management/fallback-chains/dry-run", new { model = "gpt-4", reason = "timeout" }, Token);
        var passed = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("not_asked");
        Assert.Equal(["not_served", "not_reached"], passed.EnumerateArray().Select(p => p.GetProperty("why").GetString()));
    }

    [Fact]
    public async Task Editor_AsOneTypes_TellsTheApisFaultsAndStoresNothing()
    {
        await using var host = await GateflowHost.StartAsync(Providers);
        await using var context = new PageTestContext(host);
        var page = context.Render<ChainPage>();
        Assert.All(page.FindAll(".fault"), f => Assert.Equal("", f.TextContent));

        await context.InputAsync(page.Find("#chain-primary"), "gpt-99");
        page.WaitForAssertion(() => Assert.Contains("'gpt-99' is not known", page.Find("#chain-primary-fault").TextContent, StringComparison.Ordinal));
        await context.InputAsync(page.Find("#chain-primary"), "gpt-4");
        page.WaitForAssertion(() => Assert.Equal("", page.Find("#chain-primary-fault").TextContent));
        await AddAsync(context, page, "gpt-4");
        page.WaitForAssertion(() => Assert.Equal("the primary model cannot be its own fallback.", page.Find("#chain-fallbacks-fault").TextContent));
        await context.SubmitAsync(page.Find("form"));

        Assert.Empty((await host.Get<ChainBook>().ListAsync(9, null, null, Token)).Data);
    }

    [Fact]
    public async Task Editor_OrderByKeyboardAndDrag_IsWhatIsStored()
    {
        await using var host = await GateflowHost.StartAsync(Providers);
        await using var context = new PageTestContext(host);
        var page = context.Render<ChainPage>();
        await context.InputAsync(page.Find("#chain-primary"), "gpt-4");
        foreach (var model in new[] { "gpt-5", "gpt-5-mini", "claude-3-haiku-20240307" })
        {
            await AddAsync(context, page, model);
        }

        await context.ClickAsync(page.Find("button[aria-label='Move gpt-5 down']"));
        Assert.Equal("gpt-5 is now 2 of 3", page.Find(".order + [role=status]").TextContent);
        var claude = page.FindAll(".order li")[2];
        await context.FireAsync(claude.QuerySelector(".grip")!, "ondragstart", new Microsoft.AspNetCore.Components.Web.DragEventArgs());
        await context.FireAsync(page.FindAll(".order li")[0], "ondrop", new Microsoft.AspNetCore.Components.Web.DragEventArgs());
        await context.InputAsync(page.Find("input[aria-label='Note on gpt-5']"), "dearer");
        await context.SubmitAsync(page.Find("form"));

        var stored = Assert.Single((await host.Get<ChainBook>().ListAsync(9, null, null, Token)).Data);
        Assert.Equal([("claude-3-haiku-20240307", 1, null), ("gpt-5-mini", 2, null), ("gpt-5", 3, "dearer")], stored.Fallbacks.Select(f => (f.Model, f.Priority, f.Note)));
        Assert.Equal("Ada", stored.CreatedBy);

        var again = context.Render<ChainPage>(p => p.Add(x => x.Id, stored.Id));
        await context.ClickAsync(again.Find("button[aria-label='Remove gpt-5-mini']"));
        await context.SubmitAsync(again.Find("form"));
        Assert.Equal(["claude-3-haiku-20240307", "gpt-5"], (await host.Get<ChainBook>().FindAsync(stored.Id, Token)).Value!.Fallbacks.Select(f => f.Model));
    }

    [Fact]
    public async Task Editor_ChangedByAnotherMeanwhile_KeepsTheirsAndRefusesToWriteOverIt()
    {
        await using var host = await GateflowHost.StartAsync(Providers);
        await using var context = new PageTestContext(host);
        var chain = await ChainAsync(host, "gpt-5");
        var (mine, late) = (Edit(), Edit());
        await host.Get<ChainBook>().UpdateAsync(chain.Id, new JsonObject { ["fallbacks"] = new JsonArray("gpt-5-mini"), ["enabled"] = false }, "Grace", Token);

        await context.InputAsync(mine.Find("#chain-name"), "GPT family");
        await context.SubmitAsync(mine.Find("form"));
        await AddAsync(context, late, "claude-3-haiku-20240307");
        await context.SubmitAsync(late.Find("form"));

        late.WaitForAssertion(() => Assert.StartsWith("Somebody else changed fallbacks meanwhile, at ", late.Find(".error p").TextContent, StringComparison.Ordinal));
        Assert.Equal(["gpt-5", "claude-3-haiku-20240307"], late.FindAll(".order code").Select(c => c.TextContent));
        var stored = (await host.Get<ChainBook>().FindAsync(chain.Id, Token)).Value!;
        Assert.Equal(("GPT family", "gpt-5-mini", false), (stored.Name, Assert.Single(stored.Fallbacks).Model, stored.Enabled));

        IRenderedComponent<ChainPage> Edit()
        {
            var page = context.Render<ChainPage>(p => p.Add(x => x.Id, chain.Id));
            page.WaitForElement("#chain-name");
            return page;
        }
    }

    [Fact]
    public async Task Check_SecondChainOfAModel_IsToldBeforeSaving()
    {
        await using var host = await GateflowHost.StartAsync(Providers);
        var chain = await ChainAsync(host, "gpt-5");

        using var other = await host.Client.PostAsJsonAsync("/v1/management/fallback-chains/check", new { primary = "gpt-4", fallbacks = new[] { "gpt-5" } }, Token);
        using var same = await host.Client.PostAsJsonAsync($"/v1/management/fallback-chains/check?id={chain.Id}", new { fallbacks = new[] { "gpt-5-mini" } }, Token);

        Assert.Contains(chain.Id, await other.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(JsonDocument.Parse(await same.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("faults").EnumerateArray());
        Assert.Equal(["gpt-5"], (await host.Get<ChainBook>().FindAsync(chain.Id, Token)).Value!.Fallbacks.Select(f => f.Model));
    }

    [Fact]
    public async Task Delete_Agreed_RemovesTheChain()
    {
        await using var host = await GateflowHost.StartAsync(Providers);
        await using var context = new PageTestContext(host);
        await ChainAsync(host, "gpt-5");
        var dialogs = context.Services.GetRequiredService<DialogService>();
        var page = context.Render<FallbacksPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-testid=chains] tbody tr")));

        var deleting = context.ClickAsync(page.Find("button.danger"));
        Assert.Single((await host.Get<ChainBook>().ListAsync(9, null, null, Token)).Data);
        await page.InvokeAsync(() => dialogs.Close(new Gateflow.Dashboard.Parts.ConfirmAnswer(null)));
        await deleting;

        Assert.Empty((await host.Get<ChainBook>().ListAsync(9, null, null, Token)).Data);
        page.WaitForAssertion(() => Assert.Contains("No chain yet", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_WhileOneIsSaved_OffersNoOther()
    {
        var database = new BrokenDatabase();
        await using var host = await GateflowHost.StartAsync(Providers, services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(database)));
        await using var context = new PageTestContext(host);
        await ChainAsync(host, "gpt-5");
        var page = context.Render<FallbacksPage>();
        page.WaitForElement("[data-testid=chains] td button");
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var turning = database.HoldAsync(go.Task, () => context.ClickAsync(page.Find("button[aria-label^='Turn off']")));
        page.WaitForAssertion(() => Assert.All(page.FindAll("[data-testid=chains] td button"), b => Assert.True(b.HasAttribute("disabled"))));
        go.SetResult();
        await turning;

        page.WaitForAssertion(() => Assert.False(page.Find("button[aria-label^='Turn on']").HasAttribute("disabled")));
    }

    [Fact]
    public void Switching_SaysWhatMovesAtOnce()
    {
        var on = ChainWords.Switching(true, [("gpt-4", "gpt-5")], null)!;
        var later = ChainWords.Switching(true, [], ("gpt-4", new DateOnly(2026, 12, 21)))!;

        Assert.Equal(["Requests for gpt-4 go to gpt-5."], on.Facts);
        Assert.Contains("nothing has compared the answers", on.Consequence, StringComparison.Ordinal);
        Assert.Equal("Nothing moves today. The first to move is gpt-4, on 21\u00a0Dec\u00a02026.", later.Consequence);
        Assert.Null(ChainWords.Switching(false, [], null));
        Assert.Equal(["Requests for gpt-4 go to gpt-4 again, although its date is past."], ChainWords.Switching(false, [("gpt-4", "gpt-5")], null)!.Facts);
    }

    [Fact]
    public void Draft_Moves_StayWithinTheList()
    {
        var draft = new ChainDraft { Primary = " gpt-4 " };
        draft.Add("a");
        draft.Add("  ");
        draft.Add(" b ");
        draft.Triggers.Remove(FallbackReason.Timeout);

        Assert.False(draft.Move(draft.Entries[0], -1));
        Assert.False(draft.Move(draft.Entries[1], 2));
        Assert.True(draft.Move(draft.Entries[1], 0));
        Assert.Equal(
            """{"name":null,"primary":"gpt-4","fallbacks":[{"model":"b","priority":1},{"model":"a","priority":2}],"auto_activate_on_deprecation":false,"triggers":["provider_error","rate_limit","model_unavailable","circuit_open"],"enabled":true}""",
            draft.Request().ToJsonString());
    }

    private static async Task AddAsync(PageTestContext context, IRenderedComponent<ChainPage> page, string model)
    {
        await context.InputAsync(page.Find("input[aria-label='Model to add']"), model);
        await context.ClickAsync(page.Find(".add button"));
    }

    private static async Task<ChainView> ChainAsync(GateflowHost host, params string[] fallbacks) => (await host.Get<ChainBook>().CreateAsync(
        new JsonObject { ["primary"] = "gpt-4", ["fallbacks"] = new JsonArray([.. fallbacks.Select(f => JsonValue.Create(f))]) }, "Ada", Token)).Value!;
}

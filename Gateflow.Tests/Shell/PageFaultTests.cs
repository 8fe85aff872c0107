using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Alerts;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Fallbacks;
using Gateflow.Dashboard.Features;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Overview;
using Gateflow.Dashboard.Plans;
using Gateflow.Dashboard.Prompts;
using Gateflow.Dashboard.Replay;
using Gateflow.Dashboard.Templates;
using Gateflow.Tests.Composition;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Shell;

/// <summary>Pages with forms while the database is away: they say so beside the button, keep what was typed, and the next press stores it.</summary>
public sealed class PageFaultTests : IAsyncLifetime
{
    private readonly BrokenDatabase broken = new();
    private GateflowHost host = null!;
    private PageTestContext context = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Address => context.Services.GetRequiredService<NavigationManager>().Uri;

    public async ValueTask InitializeAsync()
    {
        host = await GateflowHost.StartAsync(services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(broken)));
        context = new PageTestContext(host);
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Prompt_AndItsNextVersion()
    {
        var form = context.Render<NewPromptPage>();
        await context.ChangeAsync(form.Find("#prompt-name"), "greeting");
        await context.ChangeAsync(form.Find("#prompt-text"), "Say hello.");
        await PressAsync(form, () => context.SubmitAsync(form.Find("form")), () => Assert.Equal("Say hello.", form.Find("#prompt-text").GetAttribute("value")));
        form.WaitForState(() => Address.Contains("/prompts/prompt_", StringComparison.Ordinal));

        var page = context.Render<PromptPage>(p => p.Add(x => x.Id, Address.Split('/')[^1]));
        await context.ClickAsync(page.WaitForElement("button.primary"));
        await context.ChangeAsync(page.Find("#prompt-text"), "Say goodbye.");
        await PressAsync(
            page, () => context.SubmitAsync(page.Find("[data-testid=version-form]")), () => Assert.Equal("Say goodbye.", page.Find("#prompt-text").GetAttribute("value")));
        page.WaitForAssertion(() => Assert.EndsWith("?version=2", Address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Template()
    {
        var draft = (await host.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = "gpt-4", TargetModel = "gpt-4o" }, "Ada", Token)).Value!;
        context.Services.GetRequiredService<NavigationManager>().NavigateTo($"/templates/new?migration={draft.Id}");
        var form = context.Render<NewTemplatePage>();
        await context.ChangeAsync(form.WaitForElement("#template-name"), "Our canary");

        await PressAsync(form, () => context.SubmitAsync(form.Find("form")), () => Assert.Equal("Our canary", form.Find("#template-name").GetAttribute("value")));

        form.WaitForState(() => Address.EndsWith("/templates", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plan()
    {
        var form = context.Render<PlanEditPage>();
        await context.ChangeAsync(form.Find("#plan-model"), "gpt-4o");
        await context.ChangeAsync(form.Find("#plan-note"), "Ask first.");

        await PressAsync(form, () => context.SubmitAsync(form.Find("form")), () => Assert.Equal("Ask first.", form.Find("#plan-note").GetAttribute("value")));

        form.WaitForState(() => Address.Contains("/plans/plan_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chain_AlsoWhileOneTypes()
    {
        var page = context.Render<ChainPage>();
        await broken.BreakAsync(() => context.InputAsync(page.Find("#chain-primary"), "gpt-4"));
        Assert.Contains("could not be read", page.Find(".error").TextContent, StringComparison.Ordinal);
        await context.InputAsync(page.Find("input[aria-label='Model to add']"), "gpt-5");
        await context.ClickAsync(page.Find(".add button"));
        Assert.Empty(page.FindAll(".error"));

        await PressAsync(page, () => context.SubmitAsync(page.Find("form")), () => Assert.Equal("gpt-4", page.Find("#chain-primary").GetAttribute("value")));

        Assert.Equal("gpt-4", Assert.Single((await host.Get<ChainBook>().ListAsync(9, null, null, Token)).Data).Primary);
    }

    [Fact]
    public async Task Settings()
    {
        var page = context.Render<SettingsPage>();
        await context.ChangeAsync(page.Find("#sample-retention_days"), "12");

        await PressAsync(
            page, () => context.SubmitAsync(page.Find("form")), () => Assert.Equal("12", page.Find("#sample-retention_days").GetAttribute("value")), "form [role=status]");

        page.WaitForAssertion(() => Assert.Contains("Saved.", page.Find("form [role=status]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AlertSettings()
    {
        var page = context.Render<AlertSettingsPage>();
        await context.ChangeAsync(page.Find("#alert-thresholds-hold-minutes"), "30");

        await PressAsync(
            page, () => context.SubmitAsync(page.Find("form")), () => Assert.Equal("30", page.Find("#alert-thresholds-hold-minutes").GetAttribute("value")), "form [role=status]");

        page.WaitForAssertion(() => Assert.Contains("Saved.", page.Find("form [role=status]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task DatasetItems()
    {
        var id = (await host.Get<DatasetBook>().CreateAsync(new CreateDataset { Name = "Questions" }, "Ada", Token)).Value!.DatasetId;
        var panel = context.Render<AddItemsPanel>(p => p.Add(x => x.DatasetId, id));
        await context.ChangeAsync(panel.Find("#add-prompt"), "What is new?");
        await PressAsync(
            panel, () => context.SubmitAsync(panel.Find("form[aria-label='By hand']")), () => Assert.Equal("What is new?", panel.Find("#add-prompt").GetAttribute("value")));
        panel.WaitForAssertion(() => Assert.Null(panel.Find("#add-prompt").GetAttribute("value")));

        var page = context.Render<DatasetPage>(p => p.Add(x => x.Id, id));
        await context.ClickAsync(page.WaitForElement("[aria-label='Set the expected answer of item 1']"));
        await context.ChangeAsync(page.Find("[aria-label='Expected answer of item 1']"), "Nothing.");
        await PressAsync(
            page, () => context.SubmitAsync(page.Find("td form")), () => Assert.Equal("Nothing.", page.Find("[aria-label='Expected answer of item 1']").GetAttribute("value")));
        page.WaitForAssertion(() => Assert.Equal("Nothing.", page.Find("span[title='Nothing.']").TextContent));
    }

    [Fact]
    public async Task Alias_AndWhatAnotherChangedOfIt()
    {
        var page = context.Render<AliasesPage>();
        await context.ChangeAsync(page.WaitForElement("#alias-name"), "chat-default");
        await context.ChangeAsync(page.Find("#alias-model"), "gpt-5");
        await PressAsync(page, () => context.SubmitAsync(page.Find("form")), () => Assert.Equal("gpt-5", page.Find("#alias-model").GetAttribute("value")));
        var alias = Assert.Single(await host.Get<AliasBook>().ListAsync(Token));

        await context.ClickAsync(page.WaitForElement("[aria-label='Edit chat-default']"));
        await host.Get<AliasBook>().UpdateAsync(alias.Id, new JsonObject { ["model"] = "gpt-5-mini" }, "Grace", Token);
        await context.ChangeAsync(page.Find("#alias-note"), "The chat");
        await context.SubmitAsync(page.Find("form"));

        alias = Assert.Single(await host.Get<AliasBook>().ListAsync(Token));
        Assert.Equal(("gpt-5-mini", "The chat"), (alias.Model, alias.Note));
    }

    [Fact]
    public async Task FirstReading()
    {
        var draft = (await host.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = "gpt-4", TargetModel = "gpt-4o" }, "Ada", Token)).Value!;
        var plan = (await host.Get<PlanBook>().CreateAsync(new JsonObject { ["model"] = "gpt-4o", ["owner"] = "platform" }, "Ada", Token)).Value!;
        var set = (await host.Get<DatasetBook>().CreateAsync(new CreateDataset { Name = "Questions" }, "Ada", Token)).Value!;
        await host.Get<DatasetItemBook>().AddAsync(set.DatasetId, new AddItems { Items = [DatasetLine.Prompt("What is new?", null)] }, Token);
        await host.Get<PromptBook>().CreateAsync(new JsonObject { ["name"] = "greeting", ["text"] = "Say hello." }, "Ada", Token);

        await OpenAsync<PlanEditPage>("#plan-owner[value=platform]", p => p.Add(x => x.Id, plan.Id));
        context.Services.GetRequiredService<NavigationManager>().NavigateTo($"/templates/new?migration={draft.Id}");
        await OpenAsync<NewTemplatePage>("#template-name");
        await OpenAsync<AddPairsForm>($"option[value={set.DatasetId}]");
        await OpenAsync<DatasetChoice>($"option[value={set.DatasetId}]");
        await OpenAsync<PromptChoice>("option[value='greeting@1']");
        await OpenAsync<RequestsPage>(".empty");
        await OpenAsync<ReplaysPage>(".empty");
        await OpenAsync<OverviewPage>("[data-testid=first-run]");
    }

    [Fact]
    public async Task NamesThatAFieldOffers_AreLeftOut()
    {
        var (names, dialog) = (default(IRenderedComponent<FeatureNames>), default(IRenderedComponent<DatasetDialog>));

        await broken.BreakAsync(() =>
        {
            (names, dialog) = (context.Render<FeatureNames>(), context.Render<DatasetDialog>(p => p.Add(d => d.Actor, "Ada")));
            return Task.CompletedTask;
        });

        Assert.Empty(names!.FindAll("option"));
        Assert.NotNull(dialog!.Find("#dataset-name"));
    }

    /// <summary>Opens a page while the database is away, and tries again when it is back.</summary>
    private async Task OpenAsync<T>(string shown, Action<ComponentParameterCollectionBuilder<T>>? parameters = null)
        where T : IComponent
    {
        IRenderedComponent<T> page = null!;
        await broken.BreakAsync(() =>
        {
            page = context.Render<T>(parameters ?? (_ => { }));
            return Task.CompletedTask;
        });
        page.WaitForAssertion(() => Assert.Contains("could not be read", page.Find(".error").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(shown));

        await context.ClickAsync(page.Find(".error button"));

        page.WaitForElement(shown);
        Assert.Empty(page.FindAll(".error"));
    }

    /// <summary>Presses a button while the database is away, and again when it is back.</summary>
    private async Task PressAsync<T>(IRenderedComponent<T> page, Func<Task> press, Action kept, string told = ".error")
        where T : IComponent
    {
        await broken.BreakAsync(press);

        page.WaitForAssertion(() => Assert.Contains("Not saved, the database refused", page.Find(told).TextContent, StringComparison.Ordinal));
        kept();

        await press();
    }
}

using System.Text;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Bunit;
using Gateflow.Core.Alerts;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Storage;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Alerts;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Drills;
using Gateflow.Dashboard.Evaluations;
using Gateflow.Dashboard.Fallbacks;
using Gateflow.Dashboard.Features;
using Gateflow.Dashboard.Members;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Plans;
using Gateflow.Dashboard.Providers;
using Gateflow.Dashboard.Templates;
using Gateflow.Dashboard.UsageImports;
using Gateflow.Dashboard.Webhooks;
using Gateflow.Tests.Composition;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace Gateflow.Tests.Shell;

/// <summary>Buttons beside what is listed while the database is away: the page stays and says that it was not done, and the next press does it.</summary>
public sealed class ListFaultTests : IAsyncLifetime
{
    private readonly BrokenDatabase broken = new();
    private GateflowHost host = null!;
    private PageTestContext context = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Address => context.Services.GetRequiredService<NavigationManager>().Uri;

    public async ValueTask InitializeAsync()
    {
        host = await GateflowHost.StartAsync(
            new Dictionary<string, string?> { ["Gateflow:Outbound:AllowedNetworks"] = "127.0.0.0/8" }, services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(broken)));
        context = new PageTestContext(host);
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task KeysMembersAndFeatures()
    {
        await host.Get<ApiKeys>().CreateAsync(new CreateKey { Name = "checkout" }, "Ada", Token);
        var keys = context.Render<ApiKeysPage>();
        await PressAsync(keys, "[aria-label='Revoke checkout']");
        keys.WaitForAssertion(() => Assert.Empty(keys.FindAll("[aria-label='Revoke checkout']")));

        await host.Get<MemberBook>().InviteAsync(new JsonObject { ["name"] = "Grace", ["email"] = "grace@example.com", ["role"] = "viewer" }, "Ada", Token);
        var members = context.Render<MembersPage>();
        await broken.BreakAsync(() => AgreeAsync(members, "[aria-label='New link for Grace']"));
        AssertTold(members);
        await PressAsync(members, "[aria-label='Remove Grace']");
        members.WaitForAssertion(() => Assert.Contains("No member yet", members.Markup, StringComparison.Ordinal));

        await host.Get<FeatureBook>().CreateAsync(new JsonObject { ["name"] = "search" }, "Ada", Token);
        var features = context.Render<FeaturesPage>();
        await PressAsync(features, "[aria-label='Remove search']");
        features.WaitForAssertion(() => Assert.Contains("No feature yet", features.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProvidersAndWebhooks()
    {
        await host.Get<ProviderStore>().CreateAsync(
            new JsonObject { ["name"] = "house", ["type"] = "openai_compatible", ["base_url"] = "http://127.0.0.1:9/v1", ["models"] = new JsonArray("a"), ["probe"] = new JsonObject { ["enabled"] = false } },
            "Ada", Token);
        var providers = context.Render<ProvidersPage>();
        await broken.BreakAsync(() => context.ClickAsync(providers.Find("[aria-label='Test house']")));
        providers.WaitForAssertion(() => Assert.Contains("The test could not be run", providers.Find(".error").TextContent, StringComparison.Ordinal));
        await PressAsync(providers, "[aria-label='Disable house']");
        await PressAsync(providers, "[aria-label='Enable house']", asks: false);
        await PressAsync(providers, "[aria-label='Delete house']");
        providers.WaitForAssertion(() => Assert.Contains("No provider yet", providers.Markup, StringComparison.Ordinal));

        await host.Get<WebhookStore>().CreateAsync(new JsonObject { ["url"] = "https://127.0.0.1:9/hook" }, "Ada", Token);
        var webhooks = context.Render<WebhooksPage>();
        await PressAsync(webhooks, "[data-testid=webhooks] [aria-label^=Test]", asks: false);
        await PressAsync(webhooks, "[data-testid=deliveries] [aria-label^='Send again']", asks: false);
        await PressAsync(webhooks, "[data-testid=webhooks] [aria-label^=Delete]");
        webhooks.WaitForAssertion(() => Assert.Contains("No webhook yet", webhooks.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TemplatesChainsPlansAndAlerts()
    {
        var draft = (await host.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = "gpt-4", TargetModel = "gpt-4o" }, "Ada", Token)).Value!;
        await host.Get<TemplateBook>().CreateAsync(new JsonObject { ["name"] = "Ours", ["migration_id"] = draft.Id }, "Ada", Token);
        var templates = context.Render<TemplatesPage>();
        await PressAsync(templates, "[aria-label='Delete Ours']");
        templates.WaitForAssertion(() => Assert.Empty(templates.FindAll("[aria-label='Delete Ours']")));

        await host.Get<ChainBook>().CreateAsync(new JsonObject { ["primary"] = "gpt-4", ["fallbacks"] = new JsonArray("gpt-5") }, "Ada", Token);
        var chains = context.Render<FallbacksPage>();
        await PressAsync(chains, "[aria-label='Turn off the chain of gpt-4']", asks: false);
        await PressAsync(chains, "input[role=switch]");
        await PressAsync(chains, "[aria-label='Delete the chain of gpt-4']");
        chains.WaitForAssertion(() => Assert.Contains("No chain yet", chains.Markup, StringComparison.Ordinal));

        var plan = (await host.Get<PlanBook>().CreateAsync(new JsonObject { ["model"] = "gpt-4o" }, "Ada", Token)).Value!;
        var page = context.Render<PlanPage>(p => p.Add(x => x.Id, plan.Id));
        await PressAsync(page, "button.danger");
        page.WaitForState(() => Address.EndsWith("/plans", StringComparison.Ordinal));

        var now = context.Clock.GetUtcNow();
        await context.AddAsync(new Alert
        {
            Id = "alert_1", Event = AlertEvents.CircuitOpened, Subject = "openai/a", Severity = AlertSeverity.Urgent, Message = "Most calls fail.", Count = 3, FirstSeenAt = now, LastSeenAt = now,
        });
        var alerts = context.Render<AlertsPage>();
        await PressAsync(alerts, "[aria-label='Acknowledge openai/a']", asks: false);
        alerts.WaitForAssertion(() => Assert.Empty(alerts.FindAll("[aria-label='Acknowledge openai/a']")));
    }

    [Fact]
    public async Task CatalogAndItsImports()
    {
        await host.Get<ModelBook>().UpdateAsync("openai/gpt-4o", new JsonObject { ["retires_on"] = "2029-01-14", ["source"] = "our contract" }, "Ada", Token);
        var model = context.Render<ModelPage>(p => p.Add(m => m.Provider, "openai").Add(m => m.Id, "gpt-4o"));
        await broken.BreakAsync(() => context.ClickAsync(model.Find("[aria-label='Reset Retires']")));
        AssertTold(model);
        await PressAsync(model, "button.danger");
        model.WaitForAssertion(() => Assert.Empty(model.FindAll("[aria-label='Reset Retires']")));

        var entry = context.Render<CatalogImportsPage>();
        await context.ChangeAsync(entry.Find("#import-text"), """{"gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3e-06, "output_cost_per_token": 0.00001}}""");
        await PressAsync(entry, "button.primary", asks: false);
        entry.WaitForState(() => Address.Contains("/settings/models/imports/cimp_", StringComparison.Ordinal));

        var import = context.Render<CatalogImportPage>(p => p.Add(i => i.Id, Address.Split('/')[^1]));
        await context.ChangeAsync(import.WaitForElement("input[aria-label='Choose openai/gpt-4o']"), true);
        await broken.BreakAsync(() => AgreeAsync(import, "button.primary", asks: false));
        AssertTold(import);
        Assert.Contains("Apply 1 chosen", import.Find("button.primary").TextContent, StringComparison.Ordinal);
        await context.ClickAsync(import.Find("button.primary"));
        await PressAsync(import, "button.danger");
        import.WaitForAssertion(() => Assert.Empty(import.FindAll("button.danger")));
    }

    [Fact]
    public async Task UsageImportsDrillsAndRuns()
    {
        var file = new MemoryStream(Encoding.UTF8.GetBytes("at,model,input_tokens\n2026-11-10T10:00:00Z,gpt-4,5\n"));
        await host.Get<ImportRunner>().ReceiveAsync(file, null, Token);
        await host.Get<ImportRunner>().RunOnceAsync(Token);
        var imports = context.Render<UsageImportPage>();
        await PressAsync(imports, "section[data-status=Completed] button");
        imports.WaitForAssertion(() => Assert.Contains("Nothing was imported yet", imports.Markup, StringComparison.Ordinal));

        var draft = (await host.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = "gpt-4", TargetModel = "gpt-4o" }, "Ada", Token)).Value!;
        await host.Get<ProviderStore>().CreateAsync(
            new JsonObject { ["name"] = "house", ["type"] = "openai_compatible", ["base_url"] = "http://127.0.0.1:9/v1", ["models"] = new JsonArray("gpt-4", "gpt-4o") }, "Ada", Token);
        var drill = context.Render<DrillPanel>(p => p.Add(x => x.MigrationId, draft.Id));
        await PressAsync(drill, "button", asks: false);
        drill.WaitForAssertion(() => Assert.NotEmpty(drill.FindAll("[data-testid=drill-result]")));

        var set = (await host.Get<DatasetBook>().CreateAsync(new CreateDataset { Name = "Questions" }, "Ada", Token)).Value!;
        await context.AddAsync(new Evaluation
        {
            Id = "eval_1", DatasetId = set.DatasetId, Models = ["gpt-4"], Setup = new EvaluationSetup { Evaluators = [] }, CreatedAt = context.Clock.GetUtcNow(), CreatedBy = "Ada",
            Status = EvaluationStatus.Cancelled, Planned = 3, Node = "test",
        });
        var run = context.Render<EvaluationPage>(p => p.Add(x => x.Id, "eval_1"));
        await PressAsync(run, "button.danger");
        run.WaitForState(() => Address.EndsWith($"/datasets/{set.DatasetId}", StringComparison.Ordinal));
    }

    /// <summary>Presses a button, and agrees to what its dialog says, while the database is away and again when it is back.</summary>
    private async Task PressAsync<T>(IRenderedComponent<T> page, string button, bool asks = true)
        where T : IComponent
    {
        await broken.BreakAsync(() => AgreeAsync(page, button, asks));
        AssertTold(page);

        await AgreeAsync(page, button, asks);
    }

    private async Task AgreeAsync<T>(IRenderedComponent<T> page, string button, bool asks = true)
        where T : IComponent
    {
        var pressing = context.ClickAsync(page.WaitForElement(button));
        if (asks)
        {
            await page.InvokeAsync(() => context.Services.GetRequiredService<DialogService>().Close(new ConfirmAnswer(null)));
        }

        await pressing;
    }

    private static void AssertTold<T>(IRenderedComponent<T> page)
        where T : IComponent =>
        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".error"), e => e.TextContent.Contains("Not saved, the database refused", StringComparison.Ordinal)));
}

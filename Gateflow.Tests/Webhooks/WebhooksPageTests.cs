using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Webhooks;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Webhooks;

public sealed class WebhooksPageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_Empty_OffersTheFirstToAdministratorsAlone()
    {
        await using var host = await StartAsync();
        await using var administrator = new PageTestContext(host);
        await using var @operator = new PageTestContext(host, Role.Operator);

        Assert.Equal("Add webhook", administrator.Render<WebhooksPage>().Find(".empty button").TextContent);
        Assert.Empty(@operator.Render<WebhooksPage>().FindAll("button"));
    }

    [Fact]
    public async Task TestAndSendAgain_FromTheRows_ShowWhatCameOfThem()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (n, _) => Task.FromResult(n == 1 ? 500 : 204);
        await using var host = await StartAsync();
        var made = await host.Get<WebhookStore>().CreateAsync(new JsonObject { ["url"] = receiver.Url.ToString(), ["description"] = "on-call" }, "Ada", Token);
        await using var context = new PageTestContext(host);
        var page = context.Render<WebhooksPage>();

        await context.ClickAsync(page.Find("[data-testid=webhooks] button[aria-label^='Test']"));

        page.WaitForAssertion(() => Assert.StartsWith("Test: 500: It did not take the message.", page.Find(".bad").TextContent, StringComparison.Ordinal));
        Assert.Contains("Given up", page.Find("[data-testid=deliveries] tbody tr").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Value!.Secret!, page.Markup, StringComparison.Ordinal);

        await context.ClickAsync(page.Find("[data-testid=deliveries] button"));

        page.WaitForAssertion(() => Assert.Contains("Delivered", page.Find("[data-testid=deliveries] tbody tr").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edit_SameFieldChangedByAnotherMeanwhile_IsRefused()
    {
        await using var host = await StartAsync();
        var store = host.Get<WebhookStore>();
        var made = (await store.CreateAsync(new JsonObject { ["url"] = "http://127.0.0.1:9/hook", ["events"] = new JsonArray(WebhookEvents.RolledBack) }, "Ada", Token)).Value!.View;
        await using var context = new PageTestContext(host);
        var (mine, other) = (Open(), Open());
        await store.UpdateAsync(made.Id, new JsonObject { ["events"] = new JsonArray(WebhookEvents.Completed) }, "Grace", Token);

        await context.ChangeAsync(mine.FindAll("fieldset input[type=checkbox]").First(b => !b.HasAttribute("checked")), true);
        await context.SubmitAsync(mine.Find("form"));
        await context.ChangeAsync(other.Find("#webhook-description"), "on-call");
        await context.SubmitAsync(other.Find("form"));

        mine.WaitForAssertion(() => Assert.StartsWith("Somebody else changed events meanwhile, at ", mine.Find(".error p").TextContent, StringComparison.Ordinal));
        Assert.Empty(other.FindAll(".error"));
        var now = (await store.FindAsync(made.Id, Token))!;
        Assert.Equal((WebhookEvents.Completed, "on-call"), (Assert.Single(now.Events), now.Description));

        IRenderedComponent<WebhookDialog> Open() => context.Render<WebhookDialog>(p => p.Add(d => d.Actor, "Ada").Add(d => d.Webhook, made));
    }

    private static Task<GateflowHost> StartAsync() => GateflowHost.StartAsync(new Dictionary<string, string?> { ["Gateflow:Outbound:AllowPrivateNetworks"] = "true" });
}

using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Access;
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

    private static Task<GateflowHost> StartAsync() => GateflowHost.StartAsync(new Dictionary<string, string?> { ["Gateflow:Outbound:AllowPrivateNetworks"] = "true" });
}

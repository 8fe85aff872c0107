using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Overview;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Overview;

public sealed class OverviewPageTests
{
    private static readonly Dictionary<string, string?> Provider = new()
    {
        ["Gateflow:Providers:house:Type"] = "OpenAICompatible",
        ["Gateflow:Providers:house:BaseUrl"] = "http://127.0.0.1:9/v1",
        ["Gateflow:Providers:house:Models:0"] = "gpt-4",
        ["Gateflow:Providers:house:Models:1"] = "house-model",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FreshInstallation_NothingConfigured_AsksForProviderAndKey()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);

        var page = context.Render<OverviewPage>();

        Assert.Contains("Gateflow__Providers__openai__Type=OpenAI", page.Find("[data-testid=first-run]").TextContent, StringComparison.Ordinal);
        Assert.Equal(["/settings/providers?add=true", "/settings/api-keys?create=true"], page.FindAll("[data-testid=first-run] a.btn").Select(a => a.GetAttribute("href")));
        Assert.Contains("http://localhost/v1/chat/completions", page.Find("pre[aria-label=curl]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-testid=tiles]"));
    }

    [Fact]
    public async Task FreshInstallation_FirstRequest_IsNoticedByItself()
    {
        await using var host = await GateflowHost.StartAsync(Provider);
        await using var context = new PageTestContext(host);
        await host.Get<ApiKeys>().CreateAsync(new CreateKey { Name = "chatbot" }, "test", Token);
        var page = context.Render<OverviewPage>();
        Assert.Equal(2, page.FindAll("[data-testid=first-run] li.done").Count);

        await context.AddAsync(Row(context, "gpt-4", 1, 0.01m));
        context.Clock.Advance(TimeSpan.FromSeconds(3));

        page.WaitForAssertion(() => Assert.Contains("First request seen", page.Find("[data-testid=first-run] h3[role=status]").TextContent, StringComparison.Ordinal));
        await context.ClickAsync(page.Find("[data-testid=first-run] button.primary"));
        Assert.NotEmpty(page.FindAll("[data-testid=tiles]"));
    }

    [Fact]
    public async Task Used_DyingModelAndUnknownPrice_SaysBoth()
    {
        await using var host = await GateflowHost.StartAsync(Provider);
        await using var context = new PageTestContext(host);
        await context.AddAsync(Row(context, "gpt-4", 1200, 3.5m, errors: 12, feature: "chatbot"), Row(context, "house-model", 30, 0, unpriced: 30));

        var page = context.Render<OverviewPage>();

        var tiles = page.Find("[data-testid=tiles]").TextContent;
        Assert.Contains("1,230", tiles, StringComparison.Ordinal);
        Assert.Contains("$3.50", tiles, StringComparison.Ordinal);
        Assert.Contains("without 30\u00a0requests of unknown price", tiles, StringComparison.Ordinal);
        Assert.Equal(["/requests", "/requests?status=error&period=24h", "/usage?period=1d", "/usage"], page.FindAll("[data-testid=tiles] a").Select(a => a.GetAttribute("href")));
        var dying = page.Find("[data-testid=deprecating] li");
        Assert.Contains("1,200\u00a0requests", dying.TextContent, StringComparison.Ordinal);
        Assert.Contains("chatbot", dying.TextContent, StringComparison.Ordinal);
        Assert.Equal("/migrations/new?source=gpt-4", dying.QuerySelector("a.btn")!.GetAttribute("href"));
    }

    [Fact]
    public async Task Used_ByAViewer_OffersNoStart()
    {
        await using var host = await GateflowHost.StartAsync(Provider);
        await using var context = new PageTestContext(host, Role.Viewer);
        await context.AddAsync(Row(context, "gpt-4", 5, 0.1m));

        var page = context.Render<OverviewPage>();

        Assert.NotEmpty(page.FindAll("[data-testid=deprecating] li"));
        Assert.Empty(page.FindAll("[data-testid=deprecating] a.btn"));
    }

    [Fact]
    public void Figures_OnlyUnpriced_CostIsUnknown()
    {
        var hour = new UsageHour { Hour = DashboardTestContext.Now, Requests = 4, UnpricedRequests = 4 };

        Assert.Null(UsageFigures.Of([hour]).Cost);
        Assert.Equal(0.5m, UsageFigures.Of([hour, hour with { Cost = 0.5m, UnpricedRequests = 0 }]).Cost);
        Assert.Equal(0m, UsageFigures.Of([]).Cost);
    }

    [Fact]
    public void Hourly_Gaps_AreZeroAndTheLastIsNow()
    {
        var now = DashboardTestContext.Now.AddMinutes(20);

        var hours = OverviewView.Hourly([new UsageHour { Hour = now.AddMinutes(-20), Requests = 7 }, new UsageHour { Hour = now.AddMinutes(-20).AddHours(-23), Requests = 2 }], now);

        Assert.Equal(24, hours.Count);
        Assert.Equal((2d, 0d, 7d), (hours[0]!.Value, hours[1]!.Value, hours[23]!.Value));
    }

    private static UsageRollup Row(PageTestContext context, string model, long requests, decimal cost, long errors = 0, long unpriced = 0, string feature = "") => new()
    {
        Hour = new DateTimeOffset(context.Clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero),
        Node = "test", Model = model, ServedModel = model, Feature = feature, KeyId = "key_1",
        Requests = requests, Errors = errors, Cost = cost, UnpricedRequests = unpriced,
    };
}

using Bunit;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Usage;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Usage;

public sealed class UsagePageTests
{
    [Fact]
    public async Task Page_DividedAndLookedInto_AddsUpAndExportsTheSame()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var hour = context.Clock.GetUtcNow().AddHours(-1);
        await context.AddAsync(Row(hour, "gpt-4", 100, 3m, "chat"), Row(hour, "gpt-4", 50, 1m, "search"), Row(hour, "house", 10, 0, "chat", unpriced: 10));
        var navigation = context.Services.GetRequiredService<NavigationManager>();

        var page = context.Render<UsagePage>();
        Assert.Equal(["gpt-4", "house"], Names(page));
        Assert.Contains("unknown", page.Find("tr[data-name=house]").TextContent, StringComparison.Ordinal);
        Assert.Contains("$4.00 + unknown", page.Find("tfoot").TextContent, StringComparison.Ordinal);
        Assert.Contains("10\u00a0requests without a known price", page.Find("[data-testid=note]").TextContent, StringComparison.Ordinal);
        navigation.NavigateTo(page.Find("tr[data-name=gpt-4] a").GetAttribute("href")!);

        page.WaitForAssertion(() => Assert.Equal(["chat", "search"], Names(page)));
        Assert.EndsWith("/usage?by=feature&model=gpt-4", navigation.Uri, StringComparison.Ordinal);
        Assert.Equal("/usage.csv?by=feature&model=gpt-4", page.Find("a[download]").GetAttribute("href"));
        var csv = (await host.Client.GetStringAsync("/usage.csv", TestContext.Current.CancellationToken)).Split("\r\n");
        Assert.StartsWith("model,name,from,to,cost_usd,unpriced_requests,requests,", csv[0], StringComparison.Ordinal);
        Assert.Contains(",4,0,150,", csv[1], StringComparison.Ordinal);
        Assert.Contains("Z,,10,10,", csv[2], StringComparison.Ordinal); // an unknown cost is empty, not 0
    }

    [Fact]
    public async Task Errors_Narrowed_LeadToTheirRequests()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        await context.AddAsync(Row(context.Clock.GetUtcNow().AddHours(-1), "gpt-4", 100, 3m, "chat"));
        context.Services.GetRequiredService<NavigationManager>().NavigateTo("/usage?period=7d&model=gpt-4&feature=chat");

        var page = context.Render<UsagePage>();

        Assert.Equal("/requests?status=error&model=gpt-4&feature=chat&period=7d", page.Find("[data-testid=tiles] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Page_NothingSent_Teaches()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);

        Assert.Contains("Nothing was sent in the last 30 days", context.Render<UsagePage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AnyPage_NeedsFewCommands()
    {
        var commands = new CommandCount();
        using var database = await UsageDatabase.CreateAsync(commands);
        await database.AddAsync(Row(DashboardTestContext.Now.AddHours(-1), "gpt-4", 1, 1m, "chat"));
        var reader = new UsageReader(new CostQuery(database), new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DashboardTestContext.Now));
        commands.Take();

        var fresh = await reader.ReadAsync(new UsageFilter(By: UsageDimension.Key, Feature: "chat"), TestContext.Current.CancellationToken);

        Assert.InRange(commands.Take(), 1, 10);
        Assert.Null(fresh.RequestsChange); // the time before was not in use

        await database.AddAsync(Row(DashboardTestContext.Now.AddDays(-60), "gpt-4", 4, 4m, "chat"), Row(DashboardTestContext.Now.AddDays(-58.9), "gpt-4", 4, 4m, "chat"));
        Assert.Equal(-0.75, (await reader.ReadAsync(new UsageFilter(), TestContext.Current.CancellationToken)).RequestsChange);
    }

    [Fact]
    public void Charts_ManyGroups_DrawTheDearestAndTheRestTogetherWithGapsWhereUnknown()
    {
        var now = DashboardTestContext.Now.AddMinutes(30);
        var filter = new UsageFilter(1);
        var slice = filter.Slice(now);
        var at = slice.From.AddHours(2);
        List<UsageShare> shares = [.. Enumerable.Range(0, 8).Select(i => new UsageShare { Name = $"m{i}", Requests = 10, PricedCost = 8 - i })];

        var charts = UsageCharts.Of(new UsageView
        {
            Filter = filter, Slice = slice, Shares = shares, Total = UsageShare.Sum(shares), KeyNames = new Dictionary<string, string>(),
            Points = [.. shares.Select((s, i) => new UsagePoint(at, s.Name, s.Requests, i == 0 ? null : s.Cost, 0))],
        });

        Assert.Equal(["m0", "m1", "m2", "m3", "m4", "m5", "all others"], charts.Requests.Select(s => s.Name));
        Assert.Equal(24, charts.Cost[1].Points.Count);
        Assert.Equal(new ChartPoint(at, 20), charts.Requests[^1].Points[2]);
        Assert.Equal((null, 0d, 7d, 3d), (charts.Cost[0].Points[2].Value, charts.Cost[1].Points[1].Value, charts.Cost[1].Points[2].Value, charts.Cost[^1].Points[2].Value));
    }

    [Fact]
    public void Filter_Address_RoundTrips()
    {
        var filter = new UsageFilter(7, UsageDimension.Key, "a/b c", Feature: "");

        Assert.Equal("/usage?period=7d&by=key&model=a%2Fb%20c&feature=", filter.Address("/usage"));
        Assert.Equal(new UsageFilter(), UsageFilter.Parse("17d", "moon", "", null, null));
    }

    private static string[] Names(IRenderedComponent<UsagePage> page) => [.. page.FindAll("tr[data-name]").Select(r => r.GetAttribute("data-name")!)];

    private static UsageRollup Row(DateTimeOffset at, string model, long requests, decimal cost, string feature, long unpriced = 0) => new()
    {
        Hour = new DateTimeOffset(at.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero), Node = "test", Model = model, ServedModel = model, Feature = feature,
        KeyId = "key_a", Requests = requests, Cost = cost, UnpricedRequests = unpriced,
    };
}

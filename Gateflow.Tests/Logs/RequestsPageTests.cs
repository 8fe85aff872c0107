using Bunit;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Logs;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Logs;

public sealed class RequestsPageTests
{
    [Fact]
    public async Task Page_FilteredByClicks_KeepsTheViewInTheAddress()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var now = context.Clock.GetUtcNow();
        await context.AddAsync(Row("req_ok", now.AddMinutes(-1)), Row("req_bad", now.AddMinutes(-2), OutcomeKind.SourceFailure, feature: "search"), Row("req_old", now.AddDays(-3)));
        var navigation = context.Services.GetRequiredService<NavigationManager>();

        var page = context.Render<RequestsPage>();
        Assert.Equal(["req_ok", "req_bad"], Ids(page)); // the last 24 hours
        Assert.Equal("/requests.csv?period=24h", page.Find("a[download]").GetAttribute("href"));
        var failed = page.FindAll("nav.pills a").Single(a => a.TextContent == "Failed").GetAttribute("href")!;
        navigation.NavigateTo(failed);

        page.WaitForAssertion(() => Assert.Equal(["req_bad"], Ids(page)));
        Assert.Equal("/requests?status=failed", failed);
        await context.ChangeAsync(page.Find("select"), "gpt-4o");
        Assert.EndsWith("/requests?status=failed&model=gpt-4o", navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains("No logged request fits", page.Markup, StringComparison.Ordinal));
        Assert.Equal("/requests.csv?status=failed&model=gpt-4o&period=24h", page.Find("a[download]").GetAttribute("href"));
        navigation.NavigateTo("/requests?status=loud");
        page.WaitForAssertion(() => Assert.Contains("'loud' is no status", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_LinkedFromACompatibilityCheck_ShowsTheRequestsThatAreMeant()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var now = context.Clock.GetUtcNow();
        await context.AddAsync(Row("req_small", now.AddMinutes(-1)), Row("req_long", now.AddMinutes(-2), inputTokens: 200_000));
        var navigation = context.Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("/requests?min_context=100000");

        var page = context.Render<RequestsPage>();

        Assert.Equal(["req_long"], Ids(page));
        Assert.Contains("at least 100000 tokens", page.Markup, StringComparison.Ordinal);
        navigation.NavigateTo("/requests?capability=vision");
        page.WaitForAssertion(() => Assert.Empty(Ids(page)));
        Assert.Contains("asked for vision", page.Markup, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Page_ManyEntries_ArePagedByTheServer()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var now = context.Clock.GetUtcNow();
        await context.AddAsync([.. Enumerable.Range(0, 60).Select(i => (object)Row($"req_{i:D2}", now.AddSeconds(-i - 1)))]);

        var page = context.Render<RequestsPage>();
        Assert.Equal(50, Ids(page).Length);
        context.Services.GetRequiredService<NavigationManager>().NavigateTo(page.Find("a[rel=next]").GetAttribute("href")!);

        page.WaitForAssertion(() => Assert.Equal(Enumerable.Range(50, 10).Select(i => $"req_{i:D2}"), Ids(page)));
        Assert.Empty(page.FindAll("a[rel=next]"));
    }

    [Fact]
    public async Task Page_Live_ReadsByItselfOnlyWhenAsked()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var now = context.Clock.GetUtcNow();
        var page = context.Render<RequestsPage>();
        await context.AddAsync(Row("req_new", now.AddSeconds(-1)));
        context.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(Ids(page));

        context.Services.GetRequiredService<NavigationManager>().NavigateTo("/requests?live=true");
        page.WaitForAssertion(() => Assert.Equal(["req_new"], Ids(page)));
        await context.AddAsync(Row("req_newer", now.AddSeconds(5)));
        context.Clock.Advance(TimeSpan.FromSeconds(2));

        page.WaitForAssertion(() => Assert.Equal(["req_newer", "req_new"], Ids(page)));
    }

    [Fact]
    public async Task Story_OfAFallback_TellsWhoAnsweredAndWhy()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        await context.AddAsync(Row("req_fell", context.Clock.GetUtcNow(), served: "claude-3-5-sonnet", fallback: "rate_limit"));

        var page = context.Render<RequestPage>(p => p.Add(x => x.RequestId, "req_fell"));
        Assert.Equal("claude-3-5-sonnet answered in place of gpt-4 (rate limit) in 800\u00a0ms, after 2\u00a0provider calls.", page.Find("[data-testid=story]").TextContent);
        Assert.NotNull(page.Find("button[data-text=req_fell]"));

        var none = context.Render<RequestPage>(p => p.Add(x => x.RequestId, "req_nothing"));
        Assert.Contains("is not in the log", none.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 0, "The caller hung up after 800\u00a0ms, before gpt-4 had answered.", "–")]
    [InlineData(300.0, 40, "The caller hung up after 800\u00a0ms, before the answer's end.", "$0.010")]
    public void Story_CallerHungUp_TellsHowFarItCameAndWhatItCost(double? firstByte, int tokens, string story, string cost)
    {
        var entry = LogEntry.Of(Row("req_1", DashboardTestContext.Now), null) with
        {
            ServedModel = null, Outcome = OutcomeKind.ClientCancel, Attempts = 1, FirstByteMs = firstByte, InputTokens = 0, OutputTokens = tokens, Cost = tokens > 0 ? 0.01m : null,
        };

        Assert.Equal((story, cost), (LogWords.Story(entry), LogWords.Cost(entry)));
    }

    [Theory]
    [InlineData(null, "The gateway stopped after 800\u00a0ms, before gpt-4 had answered.")]
    [InlineData("gpt-4", "gpt-4 answered in 800\u00a0ms but was cut short: the gateway stopped.")]
    public void Story_GatewayStopped_IsNoHangUp(string? served, string story)
    {
        var entry = LogEntry.Of(Row("req_1", DashboardTestContext.Now), null) with
        {
            ServedModel = served, Outcome = OutcomeKind.ClientCancel, ErrorCode = "gateway_stopped", Arm = null, FallbackReason = null, Attempts = 1, FirstByteMs = null,
        };

        Assert.Equal((story, "Gateway stopped"), (LogWords.Story(entry), LogWords.Look(entry).Word));
    }

    [Fact]
    public void Sampling_SomeLeftOut_SaysForHowManyThePageStands()
    {
        var whole = LogEntry.Of(Row("req_1", DashboardTestContext.Now), null);

        Assert.DoesNotContain("stand for", LogWords.Sampling([whole]), StringComparison.Ordinal);
        Assert.Contains("2\u00a0entries on this page stand for about 5\u00a0requests", LogWords.Sampling([whole, whole with { SamplingRate = 0.25 }]), StringComparison.Ordinal);
        Assert.Equal(("1 of 4 logged", null), (LogWords.Rate(whole with { SamplingRate = 0.25 }), LogWords.Rate(whole)));
    }

    private static string[] Ids(IRenderedComponent<RequestsPage> page) => [.. page.FindAll("tr[data-id]").Select(r => r.GetAttribute("data-id")!)];

    private static RequestRow Row(
        string id, DateTimeOffset at, OutcomeKind outcome = OutcomeKind.Success, string feature = "chat", string served = "gpt-4", string? fallback = null, int inputTokens = 100) => new()
        {
            Id = id, At = at, KeyId = "key_a", Feature = feature, RequestedModel = "gpt-4", Model = "gpt-4", ServedModel = outcome == OutcomeKind.Success ? served : null,
            Provider = "openai", Outcome = outcome, Status = outcome == OutcomeKind.Success ? 200 : 502, FallbackReason = fallback, Attempts = fallback is null ? 1 : 2,
            DurationMs = 800, InputTokens = inputTokens, OutputTokens = 20,
        };
}

using Bunit;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.Traffic;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Traffic;

/// <summary>A program of its own: its log holds nothing but what each test puts there.</summary>
public sealed class TrafficTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Minute_WithSampledAndFailedRequests_IsCountedByWeight()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var now = context.Clock.GetUtcNow();
        await context.AddAsync(
            Row("req_a", now.AddSeconds(-10), ms: 100, rate: 0.1),
            Row("req_b", now.AddSeconds(-12), ms: 300),
            Row("req_c", now.AddSeconds(-14), ms: 900, outcome: OutcomeKind.SourceFailure, served: null),
            Row("req_d", now.AddMinutes(-3), ms: 5));
        using var reader = Reader(context);

        var view = await reader.ReadAsync(Token);

        Assert.Equal((0.2, 1.0 / 12, 100.0), (view.All.RequestsPerSecond, view.All.ErrorShare!.Value, view.All.P50Ms!.Value), (a, b) => Close(a.Item1, b.Item1) && Close(a.Item2, b.Item2) && Close(a.Item3, b.Item3));
        Assert.Equal(["gpt-4", null], view.Lines.Select(l => l.ServedModel));
        Assert.Equal(["req_a", "req_b", "req_c", "req_d"], view.Latest.Select(e => e.RequestId));
        Assert.Equal(13.0, view.Points.Sum(p => p.RequestsPerSecond) * 5, 6);
        Assert.Equal(1.0, view.Points.Sum(p => p.ErrorsPerSecond) * 5, 6);

        context.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(view, await reader.ReadAsync(Token)); // computed once for all who look
        await context.AddAsync(Row("req_e", now.AddSeconds(-1), ms: 50));
        context.Clock.Advance(TimeSpan.FromSeconds(9));
        var later = await reader.ReadAsync(Token);
        Assert.Equal(14.0, later.Points.Sum(p => p.RequestsPerSecond) * 5, 6);
        context.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(13.0, (await reader.ReadAsync(Token)).Points.Sum(p => p.RequestsPerSecond) * 5, 6); // req_d is over five minutes old
    }

    [Fact]
    public async Task Page_HeldStill_DoesNotFollow()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        context.Services.AddSingleton(Reader(context));
        var page = context.Render<TrafficPage>();
        Assert.Contains("No request arrived in the last minute", page.Markup, StringComparison.Ordinal);
        await context.AddAsync(Row("req_a", context.Clock.GetUtcNow(), ms: 100));

        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent.Contains("Hold still", StringComparison.Ordinal)));
        context.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains("No request arrived in the last minute", page.Markup, StringComparison.Ordinal);
        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent.Contains("Go on", StringComparison.Ordinal)));
        context.Clock.Advance(TimeSpan.FromSeconds(3));

        page.WaitForAssertion(() => Assert.Equal("/requests/req_a", page.Find("a.cover").GetAttribute("href")));
        Assert.Equal("/requests?status=error,rate_limited&period=15m", page.Find("[data-testid=tiles] a").GetAttribute("href"));
        Assert.Contains("\"requests_per_second\":", await host.Client.GetStringAsync("/v1/management/analytics/live", Token), StringComparison.Ordinal);
    }

    /// <summary>By the test's clock.</summary>
    private static TrafficReader Reader(PageTestContext context) => new(context.Host.Get<IDbContextFactory<GateflowDb>>(), context.Host.Get<LogReader>(), context.Clock);

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-9;

    private static RequestRow Row(string id, DateTimeOffset at, double ms, double rate = 1, OutcomeKind outcome = OutcomeKind.Success, string? served = "gpt-4") => new()
    {
        Id = id, At = at, KeyId = "key_1", RequestedModel = "gpt-4", Model = "gpt-4", ServedModel = served, Provider = served is null ? null : "openai", Outcome = outcome,
        Status = served is null ? 502 : 200, DurationMs = ms, SamplingRate = rate, InputTokens = 10, OutputTokens = 5,
    };
}

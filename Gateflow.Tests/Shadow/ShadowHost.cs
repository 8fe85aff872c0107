using Gateflow.Core.Rollout;
using Gateflow.Core.Shadow;
using Gateflow.Gateway;
using Gateflow.Gateway.Shadow;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Rollout;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Tests.Shadow;

/// <summary>A gateway whose migration gpt-4 → gpt-4o mirrors, before a provider that counts the copies.</summary>
internal sealed class ShadowHost : IAsyncDisposable
{
    public const string Target = "gpt-4o-upstream";

    private readonly SemaphoreSlim _copies = new(0);

    private ShadowHost(GatewayHost gateway) => Gateway = gateway;

    public GatewayHost Gateway { get; }

    /// <summary>What the target answers.</summary>
    public Func<HttpContext, Task> OnCopy { get; set; } = http => FakeUpstream.Json(http, 200, FakeUpstream.Completion(Target));

    /// <summary>What the source answers.</summary>
    public Func<HttpContext, Task> OnRequest { get; set; } = http => FakeUpstream.Json(http, 200, FakeUpstream.Completion("gpt-4"));

    public ShadowCounts Counts => Gateway.Get<ShadowLedger>().Of(GatewayHost.MigrationId).Read();

    public static async Task<ShadowHost> StartAsync(decimal? maxCost = null, int share = 10_000, Action<GatewayOptions>? configure = null, bool judged = false, TimeProvider? time = null, TimeSpan? timeout = null)
    {
        var host = new ShadowHost(await GatewayHost.StartAsync(weight: 0, timeout, configure, time));
        host.Gateway.Route(GatewayHost.Migration(0) with { Mirror = new MirrorRoute(share, maxCost) });
        host.Gateway.Upstream.Answer = (http, model) => model == Target ? host.AnswerCopyAsync(http) : host.OnRequest(http);
        if (judged)
        {
            host.Gateway.Judge.Arm(GatewayHost.MigrationId, Outcomes.CreateConfig());
            host.Gateway.Judge.BeginStep(GatewayHost.MigrationId, 0, 0);
        }

        return host;
    }

    /// <summary>Sends a request and reads the caller's answer.</summary>
    public async Task<string> AskAsync(string? body = null, string path = "/v1/chat/completions")
    {
        using var response = await Gateway.PostToAsync(path, body ?? GatewayHost.Chat());
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until so many copies more have reached the provider, and nothing is under way any more.</summary>
    public async Task ArrivedAsync(int copies = 1)
    {
        await ReachedAsync(copies);
        await Gateway.Get<Mirror>().WhenIdle().WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until so many copies more have reached the provider.</summary>
    public async Task ReachedAsync(int copies = 1)
    {
        for (var i = 0; i < copies; i++)
        {
            Assert.True(await _copies.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken), "A copy did not arrive.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        _copies.Dispose();
    }

    private Task AnswerCopyAsync(HttpContext http)
    {
        _copies.Release();
        return OnCopy(http);
    }
}

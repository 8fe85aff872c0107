using System.Collections.Frozen;
using System.Text.Json;
using Gateflow.Core.Alerts;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Routing;
using Gateflow.Gateway;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Tests.Fallbacks;

/// <summary>
/// The gateway before three fake providers. "openai" serves gpt-4, gpt-4o and both; "two" serves claude, both and gpt-4o-mini; "three"
/// serves mistral. Fallbacks of the tests never wait.
/// </summary>
internal sealed class FallbackHost : IAsyncDisposable
{
    private FallbackHost(GatewayHost gateway, FakeUpstream two, FakeUpstream three) => (Gateway, Two, Three) = (gateway, two, three);

    public GatewayHost Gateway { get; }

    public FakeUpstream One => Gateway.Upstream;

    public FakeUpstream Two { get; }

    public FakeUpstream Three { get; }

    /// <param name="weight">Of a migration gpt-4 → gpt-4o; null for none.</param>
    /// <param name="timeout">Of gpt-4 and the target gpt-4o.</param>
    public static async Task<FallbackHost> StartAsync(
        int? weight = null, TimeSpan? timeout = null, TimeProvider? time = null, Action<GatewayOptions>? configure = null, Func<ProviderEndpoint, ProviderEndpoint>? limits = null)
    {
        var gateway = await GatewayHost.StartAsync(weight, timeout, configure, time);
        var host = new FallbackHost(gateway, await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        var one = gateway.Table.Models["gpt-4"].Endpoints[0].Provider with { Timeout = timeout ?? GatewayHost.Limit };
        one = limits?.Invoke(one) ?? one;
        var two = one with { Name = "two", BaseUrl = host.Two.BaseUrl, MaxConcurrency = null, RequestsPerMinute = null, TokensPerMinute = null };
        var three = two with { Name = "three", BaseUrl = host.Three.BaseUrl };
        var models = new Dictionary<string, ModelRoute>(gateway.Table.Models)
        {
            ["claude"] = Route("claude", two), ["gpt-4o-mini"] = Route("gpt-4o-mini", two), ["mistral"] = Route("mistral", three), ["both"] = Route("both", one, two),
        };
        models["gpt-4"] = models["openai/gpt-4"] = models["gpt-4"] with { Endpoints = [new ModelEndpoint(one, "gpt-4")] };
        gateway.Table = gateway.Table with { Models = models.ToFrozenDictionary() };
        return host;
    }

    /// <summary>Serves a model at these providers, best first.</summary>
    public void Serve(string model, params ProviderEndpoint[] providers) => Gateway.Table = Gateway.Table with
    {
        Models = new Dictionary<string, ModelRoute>(Gateway.Table.Models) { [model] = Route(model, providers) }.ToFrozenDictionary(),
    };

    /// <summary>Puts a chain behind a model.</summary>
    public void Chain(string primary, params string[] models) => Chain(primary, new FallbackRoute { ChainId = "chain_1", Models = models, Triggers = FallbackReasons.Triggers });

    public void Chain(string primary, FallbackRoute chain) => Gateway.Table = Gateway.Table with
    {
        Fallbacks = new Dictionary<string, FallbackRoute> { [primary] = chain }.ToFrozenDictionary(),
    };

    /// <summary>One request; the last candidate is asked once only unless <paramref name="more"/> says otherwise.</summary>
    public Task<HttpResponseMessage> PostAsync(string model = "gpt-4", string more = ""","gateflow":{"retry":{"max_attempts":1}}""") =>
        Gateway.PostAsync(GatewayHost.Chat(model, more));

    /// <summary>So many requests, one after the other.</summary>
    public async Task PostAsync(int times, string model = "gpt-4")
    {
        for (var i = 0; i < times; i++)
        {
            using var response = await PostAsync(model);
            await Gateway.RecordAsync();
        }
    }

    /// <summary>Alerts rung since the last call.</summary>
    public List<(string Event, string Subject, bool Over)> Rung()
    {
        List<(string, string, bool)> rung = [];
        while (Gateway.Bell.TryTake(out var notice))
        {
            rung.Add((notice.Event, notice.Subject, notice.Over));
        }

        return rung;
    }

    public static Func<HttpContext, string, Task> Fail(int status) => (http, _) => FakeUpstream.Error(http, status);

    public static Func<HttpContext, string, Task> Work { get; } = (http, model) => FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));

    /// <summary>Who answered and why: model, provider, reason.</summary>
    public static (string? Model, string? Provider, string? Reason) Told(HttpResponseMessage response) => (
        PassThroughTests.Header(response, "x-gateflow-model"),
        PassThroughTests.Header(response, "x-gateflow-provider"),
        PassThroughTests.Header(response, "x-gateflow-fallback-reason"));

    /// <summary>The <c>gateflow</c> property; null without one.</summary>
    public static async Task<string?> MarksAsync(HttpResponseMessage response)
    {
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return json.RootElement.TryGetProperty("gateflow", out var marks) ? marks.GetRawText() : null;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Two.DisposeAsync();
        await Three.DisposeAsync();
    }

    private static ModelRoute Route(string model, params ProviderEndpoint[] providers) =>
        new(model, [.. providers.Select(p => new ModelEndpoint(p, model))], null);
}

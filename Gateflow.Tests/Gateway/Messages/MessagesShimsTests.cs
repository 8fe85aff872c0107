using System.Net;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;
using Gateflow.Tests.Compatibility;
using Gateflow.Tests.Simulator;
using static Gateflow.Tests.Gateway.PassThroughTests;

namespace Gateflow.Tests.Gateway.Messages;

/// <summary>Messages of an older Claude on their way to newer ones in their own protocol, before a simulator that refuses what those refuse.</summary>
public sealed class MessagesShimsTests
{
    private const string Source = "claude-3-7-sonnet-20250219";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("claude-sonnet-4-6", ""","temperature":0.2,"top_p":0.9""", Capabilities.TemperatureWithTopP, "top_p:dropped")]
    [InlineData("claude-sonnet-4-6", ""","top_p":1,"temperature":1""", Capabilities.TemperatureWithTopP, "top_p:dropped")]
    [InlineData("claude-opus-5-5", ""","top_p":1,"temperature":1""", Capabilities.TemperatureWithTopP, "top_p:dropped")]
    [InlineData("claude-opus-5-5", ""","top_p":1,"temperature":0.2""", Capabilities.TemperatureWithTopP, "temperature:dropped")]
    [InlineData("claude-sonnet-4-6", ""","top_p":0.9""", Capabilities.None, null)]
    [InlineData("claude-opus-5-5", ""","thinking":{"type":"disabled"}""", Capabilities.ThinkingOff, "thinking.disabled:mapped(output_config.effort=low)")]
    [InlineData("claude-sonnet-4-6", ""","thinking":{"type":"disabled"}""", Capabilities.ThinkingOff, null)]
    public async Task Post_MigratedToANewerClaude_IsFittedAndAnsweredByIt(string target, string more, Capabilities seen, string? shims)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, target);

        using var response = await host.MessageAsync(Ask(more));

        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal((target, null, shims), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-fallback-reason"), Header(response, "x-gateflow-shims")));
        Assert.Equal(seen, (await host.RecordAsync()).Capabilities & (Capabilities.TemperatureWithTopP | Capabilities.ThinkingOff));
    }

    [Fact]
    public async Task Post_ShimsSwitchedOff_TargetRefusesThePairAndTheSourceAnswers()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "claude-sonnet-4-6", shims: false);

        using var response = await host.MessageAsync(Ask(""","temperature":1,"top_p":1"""));

        Assert.Equal((Source, "provider_error", null), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-fallback-reason"), Header(response, "x-gateflow-shims")));
    }

    [Theory]
    [InlineData("claude-sonnet-4-6", Capabilities.TemperatureWithTopP, "takes temperature or top_p, not both", "top_p is dropped")]
    [InlineData("claude-opus-5-5", Capabilities.ThinkingOff, "always thinks", "it becomes low effort")]
    public void Check_WhatTheTargetRefuses_IsAWarningWithItsShim(string target, Capabilities flag, string effect, string shim)
    {
        var (from, to) = (ModelCatalog.Embedded.Find(Source)!, ModelCatalog.Embedded.Find(target)!);

        var check = CompatibilityCheck.Run(from, to, target, UsageSamples.Create(flag), new DateOnly(2026, 11, 28), ModelCatalog.Embedded.Rules).Checks
            .Single(c => c.Feature == CapabilityNames.Wire(flag));

        Assert.Equal((CheckStatus.Warn, shim), (check.Status, check.Shim));
        Assert.Contains(effect, check.Detail, StringComparison.Ordinal);
    }

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator, string target, bool shims = true)
    {
        var host = await GatewayHost.StartAsync();
        host.Serve(Source, ProviderType.Anthropic, new Uri(simulator.Root));
        host.Serve(target, ProviderType.Anthropic, new Uri(simulator.Root));
        host.Route(GatewayHost.Migration(10_000, source: Source, target: target) with { Shims = shims });
        return host;
    }

    private static string Ask(string more) =>
        $$"""{"model":"{{Source}}","max_tokens":50,"messages":[{"role":"user","content":"What is the capital of France?"}]{{more}}}""";
}

using System.Net;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;
using Gateflow.Tests.Compatibility;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Gateflow.Tests.Simulator;
using static Gateflow.Tests.Relay.PassThroughTests;

namespace Gateflow.Tests.Protocols.Messages;

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

    [Theory]
    [InlineData("claude-opus-4-8", ""","thinking":{"type":"enabled","budget_tokens":2000}""", "claude-sonnet-4-5-20250929", "thinking.budget_tokens:mapped(output_config.effort=low)")]
    [InlineData("claude-opus-4-7", ""","thinking":{"type":"enabled","budget_tokens":2000}""", "claude-opus-4-1-20250805", "thinking.budget_tokens:mapped(output_config.effort=low)")]
    [InlineData("claude-opus-4-6", ""","thinking":{"type":"enabled","budget_tokens":2000}""", "claude-opus-4-1-20250805", null)]
    [InlineData("claude-haiku-4-5-20251001", ""","thinking":{"type":"adaptive"},"output_config":{"effort":"low"}""", "claude-opus-5", "reasoning_effort:mapped(budget_tokens=4096)")]
    [InlineData("claude-sonnet-4-5-20250929", ""","thinking":{"type":"adaptive"}""", "claude-opus-5", "thinking:mapped(budget_tokens=8192)")]
    [InlineData("claude-sonnet-4-5-20250929", ""","output_config":{"effort":"high"}""", "claude-opus-5", "reasoning_effort:dropped")]
    [InlineData("claude-opus-4-5-20251101", ""","output_config":{"effort":"max"},"thinking":{"type":"disabled"}""", "claude-opus-5", "reasoning_effort:mapped(high)")]
    [InlineData("claude-sonnet-4-6", ""","thinking":{"type":"adaptive"},"output_config":{"effort":"low"}""", "claude-opus-5", null)]
    [InlineData("claude-haiku-4-5-20251001", null, "claude-opus-4-8", "messages.system:mapped(user)")]
    [InlineData("claude-opus-5", null, "claude-opus-4-8", null)]
    public async Task Post_BetweenGenerations_IsFittedAndAnsweredByTheTarget(string target, string? more, string source, string? shims)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, target, source: source);
        const string Instruction = """,{"role":"system","content":"Be brief."}""";
        var body = $$"""{"model":"{{source}}","max_tokens":9000,"messages":[{"role":"user","content":"What is the capital of France?"}{{(more is null ? Instruction : "")}}]{{more}} }""";

        using var response = await host.MessageAsync(body);

        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal((target, null, shims), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-fallback-reason"), Header(response, "x-gateflow-shims")));
    }

    /// <summary>GPT called the tool without a thought; the Claude that takes over again would refuse to think on.</summary>
    [Fact]
    public async Task Post_CallsOfAnotherModel_GoOnWithoutThinking()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await GatewayHost.StartAsync();
        host.Serve(Source, ProviderType.Anthropic, new Uri(simulator.Root));

        using var response = await host.MessageAsync($$$"""
            {"model":"{{{Source}}}","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2000},"tools":[{"name":"f","input_schema":{"type":"object"}}],
             "messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]},
               {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"7"},{"type":"text","text":"Go on"}]}]}
            """);

        Assert.Equal((HttpStatusCode.OK, "thinking:dropped"), (response.StatusCode, Header(response, "x-gateflow-shims")));
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
    [InlineData("claude-haiku-4-5", Capabilities.SystemTurns, "takes no system messages between turns", "they are sent as messages of the user")]
    [InlineData("claude-haiku-4-5", Capabilities.ReasoningEffort, "takes reasoning effort as a thinking budget", "the effort is mapped to a thinking budget")]
    public void Check_WhatTheTargetRefuses_IsAWarningWithItsShim(string target, Capabilities flag, string effect, string shim)
    {
        var (from, to) = (ModelCatalog.Embedded.Find(Source)!, ModelCatalog.Embedded.Find(target)!);

        var check = CompatibilityCheck.Run(from, to, target, UsageSamples.Create(flag), new DateOnly(2026, 11, 28), ModelCatalog.Embedded.Rules).Checks
            .Single(c => c.Feature == CapabilityNames.Wire(flag));

        Assert.Equal((CheckStatus.Warn, shim), (check.Status, check.Shim));
        Assert.Contains(effect, check.Detail, StringComparison.Ordinal);
    }

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator, string target, bool shims = true, string source = Source)
    {
        var host = await GatewayHost.StartAsync();
        host.Serve(source, ProviderType.Anthropic, new Uri(simulator.Root));
        host.Serve(target, ProviderType.Anthropic, new Uri(simulator.Root));
        host.Route(GatewayHost.Migration(10_000, source: source, target: target) with { Shims = shims });
        return host;
    }

    private static string Ask(string more) =>
        $$"""{"model":"{{Source}}","max_tokens":50,"messages":[{"role":"user","content":"What is the capital of France?"}]{{more}}}""";
}

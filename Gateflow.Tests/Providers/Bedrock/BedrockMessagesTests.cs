using System.Text.Json.Nodes;
using System.Text.Json;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Providers.Bedrock;

/// <summary>Callers of Anthropic's protocol before the same models at Bedrock: what only this pair can say must survive.</summary>
public sealed class BedrockMessagesTests
{
    private const string Model = "claude-sonnet-4-5";
    private const string Upstream = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

    [Fact]
    public async Task Thoughts_WithTheirSignature_ComeAndGoBack()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var body = Body("Ask weather in Oslo")
            .With("max_tokens", "4000").With("thinking", """{"type":"enabled","budget_tokens":1500}""")
            .With("tools", """[{"name":"weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]""");

        var first = await AskAsync(host, body);
        var content = first["content"]!.AsArray();
        var call = content[^1]!;
        var messages = body["messages"]!.AsArray();
        messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = content.DeepClone() });
        messages.Add(JsonNode.Parse($$"""{"role":"user","content":[{"type":"tool_result","tool_use_id":"{{call["id"]}}","is_error":true,"content":"no such city"}]}"""));
        var second = await AskAsync(host, body);

        Assert.Equal(["thinking", "tool_use"], content.Select(block => (string?)block!["type"]));
        Assert.Equal("tool_use", (string?)first["stop_reason"]);
        Assert.Equal("end_turn", (string?)second["stop_reason"]);
        var turns = (await simulator.RequestsAsync(Upstream))[^1].GetProperty("body").GetProperty("messages");
        Assert.Equal((string?)content[0]!["signature"], turns[1].GetProperty("content")[0].GetProperty("reasoningContent").GetProperty("reasoningText").GetProperty("signature").GetString());
        Assert.Equal("error", turns[2].GetProperty("content")[0].GetProperty("toolResult").GetProperty("status").GetString());
    }

    [Fact]
    public async Task CacheControl_OnALongPrompt_IsWrittenThenRead()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var system = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = new string('x', 6000), ["cache_control"] = new JsonObject { ["type"] = "ephemeral" } });
        var body = Body("Hi").With("system", system.ToJsonString());

        var (first, second) = ((await AskAsync(host, body))["usage"]!, (await AskAsync(host, body))["usage"]!);

        var written = (int)first["cache_creation_input_tokens"]!;
        Assert.True(written >= 1500);
        Assert.Equal((0, written), ((int)first["cache_read_input_tokens"]!, (int)second["cache_read_input_tokens"]!));
        Assert.Equal((int)first["input_tokens"]!, (int)second["input_tokens"]!);
        Assert.True((int)second["input_tokens"]! < 100);
        await host.RecordAsync();
        var record = await host.RecordAsync();
        Assert.Equal((written, written + (int)second["input_tokens"]!), (record.CachedTokens, record.InputTokens));
    }

    [Fact]
    public async Task CacheTtl_IsNotedAsDropped()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var body = Body("Hi").With("system", """[{"type":"text","text":"Be brief","cache_control":{"type":"ephemeral","ttl":"1h"}}]""");

        using var response = await host.PostToAsync("/v1/messages", body.ToJsonString(), ("anthropic-version", "2023-06-01"));

        Assert.Contains("cache_control.ttl:dropped", response.Headers.GetValues("x-gateflow-shims").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StopSequence_ThatEndedTheAnswer_IsNamed(bool stream)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var body = Body("Explain how tides work").With("stop_sequences", """["e "]""");
        JsonNode? end;
        if (stream)
        {
            using var response = await host.PostToAsync("/v1/messages", body.With("stream", "true").ToJsonString(), ("anthropic-version", "2023-06-01"));
            var events = Simulator.Messages.NamedEvents(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            end = JsonNode.Parse(Assert.Single(events, one => one.Name == "message_delta").Data.GetProperty("delta").GetRawText());
        }
        else
        {
            end = await AskAsync(host, body);
        }

        Assert.Equal(("stop_sequence", "e "), ((string?)end!["stop_reason"], (string?)end["stop_sequence"]));
    }

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator)
    {
        var host = await GatewayHost.StartAsync();
        host.Serve(Model, ProviderType.Bedrock, new Uri(simulator.Root), Upstream);
        return host;
    }

    private static JsonObject Body(string prompt) => Simulator.Messages.Body(prompt, Model);

    private static async Task<JsonNode> AskAsync(GatewayHost host, JsonObject body)
    {
        using var response = await host.PostToAsync("/v1/messages", body.ToJsonString(), ("anthropic-version", "2023-06-01"));
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}

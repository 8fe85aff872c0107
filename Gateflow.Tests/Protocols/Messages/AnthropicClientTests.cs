using System.Text.Json;
using System.Text;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Anthropic.Models.Models;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Protocols.Messages;

/// <summary>The official Anthropic SDK for .NET, told to validate every answer, through the gateway, before the simulator.</summary>
public sealed class AnthropicClientTests
{
    private const string Prompt = "Explain how tides work";
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_OpenAIModel_ReadsTheAnswer()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        using var client = Client(host);

        var message = await client.Messages.Create(Ask(Prompt) with { Model = "gpt-4o", System = "Be brief" }, Cancel);

        message.Validate();
        Assert.Equal(await simulator.TextAsync("gpt-4o", Prompt), Assert.IsType<TextBlock>(Assert.Single(message.Content).Value).Text);
        Assert.Equal(StopReason.EndTurn, message.StopReason!.Value());
        var record = await host.RecordAsync();
        Assert.Equal((message.Usage.InputTokens, message.Usage.OutputTokens), (record.InputTokens, record.OutputTokens));
    }

    [Fact]
    public async Task Create_Thinking_ReadsTheAnswer()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        using var client = Client(host);

        var message = await client.Messages.Create(Ask(Prompt) with { Thinking = new ThinkingConfigEnabled(1024) }, Cancel);

        message.Validate();
        Assert.IsType<ThinkingBlock>(message.Content[0].Value);
        Assert.Equal(await simulator.TextAsync("claude-x", Prompt), Assert.IsType<TextBlock>(message.Content[1].Value).Text);
        var record = await host.RecordAsync();
        Assert.Equal((message.Usage.InputTokens, message.Usage.OutputTokens), (record.InputTokens, record.OutputTokens));
    }

    [Theory]
    [InlineData("claude-x")]
    [InlineData("gpt-4o")]
    public async Task CreateStreaming_ReadsTextAndUsage(string model)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        using var client = Client(host);

        var text = new StringBuilder();
        long? tokens = null;
        await foreach (var item in client.Messages.CreateStreaming(Ask(Prompt) with { Model = model }, Cancel))
        {
            item.Validate();
            text.Append(item.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece) ? piece.Text : "");
            tokens = item.TryPickDelta(out var end) ? end.Usage.OutputTokens : tokens;
        }

        Assert.Equal(await simulator.TextAsync(model, Prompt), text.ToString());
        Assert.Equal(tokens, (await host.RecordAsync()).OutputTokens);
    }

    [Theory]
    [InlineData("claude-x")]
    [InlineData("gpt-4o")]
    public async Task Create_ToolsAndImage_RoundTrip(string model)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        using var client = Client(host);
        var ask = Ask(Prompt) with
        {
            Model = model,
            Tools = [new Tool { Name = "look_up", InputSchema = new InputSchema { Properties = new Dictionary<string, JsonElement> { ["word"] = JsonElement.Parse("""{"type":"string"}""") } } }],
            ToolChoice = new ToolChoiceAny(),
        };

        var called = await client.Messages.Create(ask, Cancel);
        var call = Assert.IsType<ToolUseBlock>(Assert.Single(called.Content).Value);
        var answered = await client.Messages.Create(
            ask with
            {
                ToolChoice = new ToolChoiceAuto(),
                Messages =
                [
                    new UserMessageParam(Prompt),
                    new AssistantMessageParam(new List<ContentBlockParam> { new ToolUseBlockParam { ID = call.ID, Name = call.Name, Input = call.Input } }),
                    new UserMessageParam(new List<ContentBlockParam>
                    {
                        new ToolResultBlockParam(call.ID) { Content = "found" },
                        new ImageBlockParam(new Base64ImageSource { Data = Pixel, MediaType = MediaType.ImagePng }),
                    }),
                ],
            },
            Cancel);

        Assert.Equal(StopReason.ToolUse, called.StopReason!.Value());
        Assert.Equal(StopReason.EndTurn, answered.StopReason!.Value());
    }

    [Fact]
    public async Task Create_Failing_ThrowsTheSdksOwnTypes()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        using var client = Client(host);

        await Assert.ThrowsAsync<AnthropicNotFoundException>(() => client.Messages.Create(Ask(Prompt) with { Model = "nope" }, Cancel));
        await Assert.ThrowsAsync<AnthropicBadRequestException>(() => client.Messages.Create(Ask(Prompt) with { MaxTokens = 0 }, Cancel));
        await simulator.SetAsync("claude-x", new { exists = false });
        await Assert.ThrowsAsync<AnthropicNotFoundException>(() => client.Messages.Create(Ask(Prompt), Cancel));
        using var stranger = Client(host, "gw_wrong");
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() => stranger.Messages.Create(Ask(Prompt), Cancel));
    }

    [Fact]
    public async Task CountTokensAndModels_AreTheSdksOwnTypes()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        using var client = Client(host);

        var count = await client.Messages.CountTokens(new MessageCountTokensParams { Model = "claude-x", Messages = [new UserMessageParam(Prompt)] }, Cancel);
        var first = await client.Models.List(new ModelListParams { Limit = 2 }, Cancel);
        var second = await client.Models.List(new ModelListParams { Limit = 2, AfterID = first.Items[^1].ID }, Cancel);
        var one = await client.Models.Retrieve("gpt-4", cancellationToken: Cancel);

        Assert.True(count.InputTokens > 4);
        Assert.Equal(["claude-x", "gpt-4", "gpt-4o"], [.. first.Items.Concat(second.Items).Select(model => model.ID)]);
        one.Validate();
        Assert.Equal(new DateTimeOffset(2026, 12, 24, 0, 0, 0, TimeSpan.Zero), one.RetiresAt);
        Assert.False(host.Recorder.TryTake(out _));
    }

    private static MessageCreateParams Ask(string prompt) => new() { Model = "claude-x", MaxTokens = 4096, Messages = [new UserMessageParam(prompt)] };

    private static AnthropicClient Client(GatewayHost host, string key = GatewayHost.Key) =>
        new() { BaseUrl = host.Client.BaseAddress!.AbsoluteUri.TrimEnd('/'), ApiKey = key, MaxRetries = 0, ResponseValidation = true };

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator)
    {
        var host = await GatewayHost.StartAsync(provider: new Uri(simulator.BaseUrl));
        host.Serve("claude-x", ProviderType.Anthropic, simulator.Root);
        return host;
    }
}

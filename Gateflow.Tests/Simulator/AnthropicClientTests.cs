using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace Gateflow.Tests.Simulator;

/// <summary>The official Anthropic SDK for .NET, told to validate every answer, is the judge of the shapes.</summary>
public sealed class AnthropicClientTests
{
    private const string Prompt = "Explain how tides work";

    [Fact]
    public async Task Create_OfficialClient_ReadsTheAnswer()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var client = Client(simulator);

        var message = await client.Messages.Create(Ask(Prompt) with { Thinking = new ThinkingConfigEnabled(1024) }, TestContext.Current.CancellationToken);

        message.Validate();
        Assert.IsType<ThinkingBlock>(message.Content[0].Value);
        Assert.Equal(await simulator.TextAsync("claude-x", Prompt), Assert.IsType<TextBlock>(message.Content[1].Value).Text);
        Assert.Equal(StopReason.EndTurn, message.StopReason!.Value());
        Assert.True(message.Usage.OutputTokens > message.Usage.OutputTokensDetails!.ThinkingTokens);
    }

    [Fact]
    public async Task CreateStreaming_OfficialClient_ReadsTextAndUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("claude-x", new { latency_ms = 5, tokens_per_second = 4000 });
        using var client = Client(simulator);

        var text = new StringBuilder();
        long? tokens = null;
        await foreach (var item in client.Messages.CreateStreaming(Ask(Prompt), TestContext.Current.CancellationToken))
        {
            item.Validate();
            text.Append(item.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece) ? piece.Text : "");
            tokens = item.TryPickDelta(out var end) ? end.Usage.OutputTokens : tokens;
        }

        Assert.Equal(await simulator.TextAsync("claude-x", Prompt), text.ToString());
        Assert.Equal((text.Length + 3) / 4, tokens);
    }

    [Fact]
    public async Task Create_ToolRequired_OfficialClientReadsTheCall()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var client = Client(simulator);
        var tool = new Tool
        {
            Name = "look_up",
            InputSchema = new InputSchema { Properties = new Dictionary<string, JsonElement> { ["word"] = JsonElement.Parse("""{"type":"string"}""") } },
        };

        var message = await client.Messages.Create(Ask(Prompt) with { Tools = [tool], ToolChoice = new ToolChoiceAny() }, TestContext.Current.CancellationToken);

        message.Validate();
        var call = Assert.IsType<ToolUseBlock>(Assert.Single(message.Content).Value);
        Assert.Equal("look_up", call.Name);
        Assert.True(call.Input.ContainsKey("word"));
        Assert.Equal(StopReason.ToolUse, message.StopReason!.Value());
    }

    [Fact]
    public async Task Create_Failing_OfficialClientThrowsItsOwnTypes()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var client = Client(simulator);
        await simulator.SetAsync("claude-x", new { error_rate = 1, error_status = 429 });
        await Assert.ThrowsAsync<AnthropicRateLimitException>(() => client.Messages.Create(Ask(Prompt), TestContext.Current.CancellationToken));
        await simulator.SetAsync("claude-x", new { exists = false });

        await Assert.ThrowsAsync<AnthropicNotFoundException>(() => client.Messages.Create(Ask(Prompt), TestContext.Current.CancellationToken));
    }

    private static MessageCreateParams Ask(string prompt) => new()
    {
        Model = "claude-x",
        MaxTokens = 4096,
        Messages = [new UserMessageParam(prompt)],
    };

    private static AnthropicClient Client(SimulatorHost simulator) =>
        new() { BaseUrl = simulator.Root, ApiKey = "sk-ant-any", MaxRetries = 0, ResponseValidation = true };
}

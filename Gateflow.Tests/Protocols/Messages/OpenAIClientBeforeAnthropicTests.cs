using Gateflow.Tests.Pipeline;
#pragma warning disable OPENAI001 // the effort is still called experimental there

using System.ClientModel;
using System.Text;
using System.Text.Json;
using Gateflow.Core.Routing;
using Gateflow.Tests.Simulator;
using OpenAI;
using OpenAI.Chat;

namespace Gateflow.Tests.Protocols.Messages;

/// <summary>The official OpenAI SDK for .NET, through the gateway, before the simulator as Anthropic.</summary>
public sealed class OpenAIClientBeforeAnthropicTests
{
    private const string Prompt = "Explain how tides work";

    private static readonly byte[] Pixel =
        Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("claude-x")]
    [InlineData("claude-opus-4-1")]
    [InlineData("claude-opus-5-5")]
    public async Task CompleteChat_ReadsTheAnswer(string model)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, model);

        ChatCompletion completion = await Client(host, model).CompleteChatAsync(
            [
                new SystemChatMessage("Be brief"),
                new UserChatMessage(ChatMessageContentPart.CreateTextPart(Prompt), ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(Pixel), "image/png")),
            ],
            new ChatCompletionOptions { EndUserId = "u7", ReasoningEffortLevel = ChatReasoningEffortLevel.Low },
            Cancel);

        Assert.Equal(await simulator.TextAsync(model, Prompt), completion.Content[0].Text);
        Assert.Equal((model, ChatFinishReason.Stop), (completion.Model, completion.FinishReason));
        var record = await host.RecordAsync();
        Assert.Equal((completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount), (record.InputTokens, record.OutputTokens));
        Assert.True(record.ReasoningTokens > 0);
    }

    [Fact]
    public async Task CompleteChatStreaming_ReadsTextAndUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("claude-x", new { latency_ms = 5, tokens_per_second = 4000 });
        await using var host = await StartAsync(simulator);

        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        await foreach (var update in Client(host).CompleteChatStreamingAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            usage = update.Usage ?? usage;
        }

        Assert.Equal(await simulator.TextAsync("claude-x", Prompt), text.ToString());
        var record = await host.RecordAsync();
        Assert.Equal((usage!.InputTokenCount, usage.OutputTokenCount), (record.InputTokens, record.OutputTokens));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CompleteChat_Tools_RoundTrip(bool streamed)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var options = new ChatCompletionOptions { ToolChoice = ChatToolChoice.CreateRequiredChoice() };
        options.Tools.Add(ChatTool.CreateFunctionTool("look_up", "Looks up", BinaryData.FromString("""{"type":"object","properties":{"word":{"type":"string"}}}""")));
        var messages = new List<ChatMessage> { new UserChatMessage(Prompt) };

        var call = streamed ? await StreamedCallAsync(host, messages, options) : (await Client(host).CompleteChatAsync(messages, options, Cancel)).Value.ToolCalls.Single();
        messages.Add(new AssistantChatMessage([call]));
        messages.Add(new ToolChatMessage(call.Id, "found"));
        options.ToolChoice = ChatToolChoice.CreateAutoChoice();
        ChatCompletion completion = await Client(host).CompleteChatAsync(messages, options, Cancel);

        Assert.Equal("look_up", call.FunctionName);
        Assert.True(JsonElement.Parse(call.FunctionArguments).TryGetProperty("word", out _));
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
    }

    [Fact]
    public async Task CompleteChat_Schema_IsHeldTo()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("a", BinaryData.FromString("""{"type":"object","properties":{"height":{"type":"number"}},"required":["height"]}""")),
        };

        ChatCompletion completion = await Client(host).CompleteChatAsync([new UserChatMessage(Prompt)], options, Cancel);

        Assert.Equal(JsonValueKind.Number, JsonElement.Parse(completion.Content[0].Text).GetProperty("height").ValueKind);
        Assert.Equal(1, (await host.RecordAsync()).Quality);
    }

    [Theory]
    [InlineData(429, 429)]
    [InlineData(529, 503)]
    public async Task CompleteChat_Failing_IsTheSdksOwnException(int status, int told)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        await simulator.SetAsync("claude-x", new { error_rate = 1, error_status = status });
        var client = new OpenAIClient(
            new ApiKeyCredential(GatewayHost.Key),
            new OpenAIClientOptions { Endpoint = new Uri(host.Client.BaseAddress!, "/v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) }).GetChatClient("claude-x");

        var fault = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel));

        Assert.Equal(told, fault.Status);
    }

    private static async Task<ChatToolCall> StreamedCallAsync(GatewayHost host, List<ChatMessage> messages, ChatCompletionOptions options)
    {
        var (id, name, arguments) = ("", "", new StringBuilder());
        await foreach (var update in Client(host).CompleteChatStreamingAsync(messages, options, Cancel))
        {
            foreach (var piece in update.ToolCallUpdates)
            {
                id = piece.ToolCallId ?? id;
                name = piece.FunctionName ?? name;
                arguments.Append(piece.FunctionArgumentsUpdate);
            }
        }

        return ChatToolCall.CreateFunctionToolCall(id, name, BinaryData.FromString(arguments.ToString()));
    }

    private static ChatClient Client(GatewayHost host, string model = "claude-x") =>
        new OpenAIClient(new ApiKeyCredential(GatewayHost.Key), new OpenAIClientOptions { Endpoint = new Uri(host.Client.BaseAddress!, "/v1") }).GetChatClient(model);

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator, string model = "claude-x")
    {
        var host = await GatewayHost.StartAsync(provider: new Uri(simulator.BaseUrl));
        host.Serve(model, ProviderType.Anthropic, simulator.Root);
        return host;
    }
}

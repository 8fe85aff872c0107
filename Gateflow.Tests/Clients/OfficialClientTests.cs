using System.ClientModel;
using System.Text;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;
using OpenAI;
using OpenAI.Chat;

namespace Gateflow.Tests.Clients;

/// <summary>The official OpenAI SDK for .NET, through the gateway, before the simulator.</summary>
public sealed class OfficialClientTests
{
    private const string Prompt = "Explain how tides work";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "gpt-4")]
    [InlineData(10_000, "gpt-4o")]
    public async Task CompleteChat_ThroughTheGateway_ReadsTheAnswer(int? weight, string served)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, weight);

        ChatCompletion completion = await Client(host, "gpt-4").CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel);

        Assert.Equal(await simulator.TextAsync(served, Prompt), completion.Content[0].Text);
        Assert.Equal(served, completion.Model);
        Assert.True(completion.Usage.OutputTokenCount > 10);
        Assert.Equal((completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount), ((await host.RecordAsync()) is var r ? (r.InputTokens, r.OutputTokens) : default));
    }

    [Theory]
    [InlineData(null, "gpt-4")]
    [InlineData(10_000, "gpt-4o")]
    public async Task CompleteChatStreaming_ThroughTheGateway_ReadsTextAndUsage(int? weight, string served)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync(served, new { latency_ms = 5, tokens_per_second = 4000 });
        await using var host = await StartAsync(simulator, weight);

        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        await foreach (var update in Client(host, "gpt-4").CompleteChatStreamingAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            usage = update.Usage ?? usage;
            Assert.Equal(served, update.Model);
        }

        Assert.Equal(await simulator.TextAsync(served, Prompt), text.ToString());
        Assert.Equal((usage!.InputTokenCount, usage.OutputTokenCount), ((await host.RecordAsync()) is var r ? (r.InputTokens, r.OutputTokens) : default));
    }

    [Fact]
    public async Task CompleteChat_Tools_PassThrough()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, 10_000);
        var options = new ChatCompletionOptions { ToolChoice = ChatToolChoice.CreateRequiredChoice() };
        options.Tools.Add(ChatTool.CreateFunctionTool("look_up", "Looks up", BinaryData.FromString("""{"type":"object","properties":{"word":{"type":"string"}}}""")));

        ChatCompletion completion = await Client(host, "gpt-4").CompleteChatAsync([new UserChatMessage(Prompt)], options, Cancel);

        Assert.Equal("look_up", Assert.Single(completion.ToolCalls).FunctionName);
        Assert.Equal(1, (await host.RecordAsync()).Quality);
    }

    [Theory]
    [InlineData("gw_wrong", "gpt-4", 401)]
    [InlineData(GatewayHost.Key, "nope", 404)]
    public async Task CompleteChat_Refused_IsTheSdksOwnException(string key, string model, int status)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, null);

        var fault = await Assert.ThrowsAsync<ClientResultException>(
            () => Client(host, model, key).CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel));

        Assert.Equal(status, fault.Status);
    }

    [Fact]
    public async Task CompleteChat_TargetDies_NoCallerNoticesAndTheJudgeCallsWithinAFewRequests()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, 5_000);
        var breached = new TaskCompletionSource<GuardrailReading>();
        host.Judge.Breached += (id, reading) =>
        {
            host.Route(GatewayHost.Migration(0));
            breached.TrySetResult(reading);
        };
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new RollbackThreshold { ErrorRate = 0.05 } });
        host.Judge.BeginStep(GatewayHost.MigrationId, 0, 50);
        await simulator.SetAsync("gpt-4o", new { error_rate = 1.0, error_status = 500 });
        var client = Client(host, "gpt-4");

        for (var i = 0; i < 30; i++)
        {
            ChatCompletion completion = await client.CompleteChatAsync([new UserChatMessage($"{Prompt} {i}")], cancellationToken: Cancel);
            Assert.Equal("gpt-4", completion.Model);
        }

        var reading = await breached.Task.WaitAsync(Wait.Limit, Cancel);
        Assert.Equal(GuardrailKind.ErrorRate, reading.Guardrail);
        var asked = await simulator.RequestsAsync("gpt-4o");
        Assert.InRange(asked.Count, 2, 10);
        Assert.Equal(30, (await simulator.RequestsAsync("gpt-4")).Count);
    }

    private static Task<GatewayHost> StartAsync(SimulatorHost simulator, int? weight) =>
        GatewayHost.StartAsync(weight, provider: new Uri(simulator.BaseUrl));

    private static ChatClient Client(GatewayHost host, string model, string key = GatewayHost.Key) =>
        new OpenAIClient(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(host.Client.BaseAddress!, "/v1") }).GetChatClient(model);
}

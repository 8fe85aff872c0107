using System.ClientModel;
using System.Text;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace Gateflow.Tests.Simulator;

/// <summary>The official OpenAI SDK for .NET is the judge of the shapes.</summary>
public sealed class OfficialClientTests
{
    private const string Prompt = "Explain how tides work";

    [Fact]
    public async Task CompleteChat_OfficialClient_ReadsTheAnswer()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var client = Client(simulator).GetChatClient("gpt-4o");

        ChatCompletion completion = await client.CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(await simulator.TextAsync("gpt-4o", Prompt), completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.True(completion.Usage.OutputTokenCount > 10);
    }

    [Fact]
    public async Task CompleteChatStreaming_OfficialClient_ReadsTextAndUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gpt-4o", new { latency_ms = 5, tokens_per_second = 4000 });
        var client = Client(simulator).GetChatClient("gpt-4o");

        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage(Prompt)], cancellationToken: TestContext.Current.CancellationToken))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            usage = update.Usage ?? usage;
            finish = update.FinishReason ?? finish;
        }

        Assert.Equal(await simulator.TextAsync("gpt-4o", Prompt), text.ToString());
        Assert.Equal((text.Length + 3) / 4, usage!.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Stop, finish);
    }

    [Fact]
    public async Task CompleteChat_ToolRequired_OfficialClientReadsTheCall()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var options = new ChatCompletionOptions { ToolChoice = ChatToolChoice.CreateRequiredChoice() };
        options.Tools.Add(ChatTool.CreateFunctionTool("look_up", "Looks up", BinaryData.FromString("""{"type":"object","properties":{"word":{"type":"string"}}}""")));

        ChatCompletion completion = await Client(simulator).GetChatClient("gpt-4o")
            .CompleteChatAsync([new UserChatMessage(Prompt)], options, TestContext.Current.CancellationToken);

        Assert.Equal(ChatFinishReason.ToolCalls, completion.FinishReason);
        Assert.Equal("look_up", Assert.Single(completion.ToolCalls).FunctionName);
        Assert.True(completion.ToolCalls[0].FunctionArguments.ToObjectFromJson<Dictionary<string, string>>()!.ContainsKey("word"));
    }

    [Fact]
    public async Task CompleteChat_Failing_OfficialClientSeesStatusAndMessage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gpt-4o", new { exists = false });

        var problem = await Assert.ThrowsAsync<ClientResultException>(() =>
            Client(simulator).GetChatClient("gpt-4o").CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(404, problem.Status);
        Assert.Contains("model_not_found", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateEmbedding_OfficialClient_ReadsTheVector()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        OpenAIEmbedding embedding = await Client(simulator).GetEmbeddingClient("text-embedding-3-small")
            .GenerateEmbeddingAsync(Prompt, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1536, embedding.ToFloats().Length);
    }

    private static OpenAIClient Client(SimulatorHost simulator) =>
        new(new ApiKeyCredential("sk-any"), new OpenAIClientOptions { Endpoint = new Uri(simulator.BaseUrl) });
}

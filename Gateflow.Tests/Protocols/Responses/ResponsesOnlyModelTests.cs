using Gateflow.Tests.Pipeline;
#pragma warning disable OPENAI001 // the SDK marks its whole Responses client as experimental
using System.ClientModel;
using System.Text;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Simulator;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Gateflow.Tests.Protocols.Responses;

/// <summary>Models of OpenAI that have one of its two APIs only, asked in the other.</summary>
public sealed class ResponsesOnlyModelTests
{
    private const string Prompt = "Explain how tides work";

    private static readonly ChatTool LookUp = ChatTool.CreateFunctionTool("look_up", "Looks up", BinaryData.FromString("""{"type":"object","properties":{"word":{"type":"string"}}}"""));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CompleteChat_ResponsesOnlyModel_ReadsTheAnswer()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "o1-pro");

        ChatCompletion completion = await Client(host, "o1-pro").CompleteChatAsync(
            [new SystemChatMessage("Be brief."), new UserChatMessage(Prompt)], new ChatCompletionOptions { ReasoningEffortLevel = ChatReasoningEffortLevel.Low }, Cancel);

        Assert.Equal(("o1-pro", ChatFinishReason.Stop), (completion.Model, completion.FinishReason));
        Assert.Equal(await TextAsync(simulator, "o1-pro"), completion.Content[0].Text);
        Assert.True(completion.Usage.OutputTokenDetails.ReasoningTokenCount > 0);
        var record = await host.RecordAsync();
        Assert.Equal((completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, 1.0), (record.InputTokens, record.OutputTokens, record.Quality));
        var asked = (await simulator.RequestsAsync("o1-pro"))[0];
        Assert.Equal(("/v1/responses", false), (asked.GetProperty("path").GetString(), asked.GetProperty("body").GetProperty("store").GetBoolean()));
    }

    [Fact]
    public async Task CompleteChatStreaming_ResponsesOnlyModel_ReadsTextUsageAndEnd()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gpt-5.3-codex", new { latency_ms = 5, tokens_per_second = 4000 });
        await using var host = await StartAsync(simulator, "gpt-5.3-codex");

        var (text, pieces, usage) = (new StringBuilder(), 0, default(ChatTokenUsage));
        await foreach (var update in Client(host, "gpt-5.3-codex").CompleteChatStreamingAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel))
        {
            pieces += update.ContentUpdate.Count;
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            usage = update.Usage ?? usage;
        }

        Assert.Equal(await TextAsync(simulator, "gpt-5.3-codex"), text.ToString());
        Assert.True(pieces > 5);
        var record = await host.RecordAsync();
        Assert.Equal((usage!.OutputTokenCount, OutcomeKind.Success), (record.OutputTokens, record.Outcome));
    }

    [Theory]
    [InlineData("o1-pro")]
    [InlineData("gpt-6.1-sol")] // refuses tools in chat completions, answers there without
    public async Task CompleteChat_Tools_MakeTheRoundTrip(string model)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, model);
        List<ChatMessage> messages = [new UserChatMessage("Use look_up for tide")];
        var options = new ChatCompletionOptions { Tools = { LookUp } };

        ChatCompletion first = await Client(host, model).CompleteChatAsync(messages, options, Cancel);
        var call = Assert.Single(first.ToolCalls);
        messages.Add(new AssistantChatMessage(first));
        messages.Add(new ToolChatMessage(call.Id, "rise and fall of the sea"));
        ChatCompletion second = await Client(host, model).CompleteChatAsync(messages, options, Cancel);
        ChatCompletion plain = await Client(host, model).CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel);

        Assert.Equal((ChatFinishReason.ToolCalls, "look_up"), (first.FinishReason, call.FunctionName));
        Assert.NotEmpty(second.Content[0].Text);
        Assert.NotEmpty(plain.Content[0].Text);
        Assert.Equal(
            ["/v1/responses", "/v1/responses", model == "o1-pro" ? "/v1/responses" : "/v1/chat/completions"],
            (await simulator.RequestsAsync(model)).Select(asked => asked.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task CompleteChat_StopThatTheFamilyRefuses_IsDroppedAsTheCompatibilityCheckSays()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "o3-pro");

        var answer = await Client(host, "o3-pro").CompleteChatAsync([new UserChatMessage(Prompt)], new ChatCompletionOptions { StopSequences = { "END" } }, Cancel);

        Assert.NotEmpty(answer.Value.Content[0].Text);
        Assert.True(answer.GetRawResponse().Headers.TryGetValue("x-gateflow-shims", out var shims));
        Assert.Equal("stop:dropped", shims);
    }

    [Fact]
    public async Task CompleteChat_ErrorsOfTheModelAndOfTheWay_AreTheSdksOwnException()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "o1-pro");
        var client = Client(host, "o1-pro");

        var refused = await Assert.ThrowsAsync<ClientResultException>(
            () => client.CompleteChatAsync([new UserChatMessage(Prompt)], new ChatCompletionOptions { ReasoningEffortLevel = new ChatReasoningEffortLevel("enormous") }, Cancel));
        var uncarried = await Assert.ThrowsAsync<ClientResultException>(
            () => client.CompleteChatAsync([new UserChatMessage(Prompt)], new ChatCompletionOptions { StopSequences = { "END" } }, Cancel));

        Assert.Contains("enormous", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'stop' cannot be carried over", uncarried.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_ResponsesOnlyModel_AreAnswered()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "o1-pro");

        using var response = await host.PostToAsync(
            "/v1/messages", $$"""{"model":"o1-pro","max_tokens":500,"system":"Be brief.","messages":[{"role":"user","content":"{{Prompt}}"}]}""", ("anthropic-version", "2023-06-01"));

        var message = await response.JsonAsync();
        Assert.Equal(await TextAsync(simulator, "o1-pro"), message.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
    }

    [Fact]
    public async Task CreateResponse_ModelThatHasChatOnly_IsAnswered()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "gpt-4o-search-preview");

        ResponseResult response = await ResponsesPassThroughTests.Client(host).CreateResponseAsync(
            new CreateResponseOptions("gpt-4o-search-preview", [ResponseItem.CreateUserMessageItem(Prompt)]), Cancel);

        Assert.Equal(await simulator.TextAsync("gpt-4o-search-preview", Prompt), response.GetOutputText());
        Assert.Equal("/v1/chat/completions", (await simulator.RequestsAsync("gpt-4o-search-preview"))[0].GetProperty("path").GetString());
    }

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator, string model)
    {
        var host = await GatewayHost.StartAsync();
        host.Serve(model, ProviderType.OpenAI, new Uri(simulator.BaseUrl));
        return host;
    }

    private static async Task<string> TextAsync(SimulatorHost simulator, string model)
    {
        var response = await simulator.AskAsync(new { model, input = Prompt }, "/v1/responses");
        return response.GetProperty("output").EnumerateArray().First(item => item.GetProperty("type").GetString() == "message").GetProperty("content")[0].GetProperty("text").GetString()!;
    }

    private static ChatClient Client(GatewayHost host, string model) =>
        new OpenAIClient(new ApiKeyCredential(GatewayHost.Key), new OpenAIClientOptions { Endpoint = new Uri(host.Client.BaseAddress!, "/v1") }).GetChatClient(model);
}

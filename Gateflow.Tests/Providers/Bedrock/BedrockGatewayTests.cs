using System.ClientModel;
using System.Text.Json;
using System.Text;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;
using OpenAI;
using OpenAI.Chat;

namespace Gateflow.Tests.Providers.Bedrock;

/// <summary>The official OpenAI SDK, through the gateway, before the simulator's Bedrock, which checks every signature with code of its own.</summary>
public sealed class BedrockGatewayTests
{
    private const string Model = "gpt-4";
    private const string Claude = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Prompt = "How did US states get their names?";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CompleteChat_Text_IsTheModelsAnswerWithItsUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);

        ChatCompletion completion = await Client(host).CompleteChatAsync([new SystemChatMessage("Be brief."), new UserChatMessage(Prompt)], cancellationToken: Cancel);

        Assert.Equal(await simulator.TextAsync(Claude, Prompt), completion.Content[0].Text);
        Assert.Equal((Model, ChatFinishReason.Stop), (completion.Model, completion.FinishReason));
        var record = await host.RecordAsync();
        Assert.Equal((record.InputTokens, record.OutputTokens), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount));
        Assert.False(record.TokensEstimated);
        var arrived = (await simulator.RequestsAsync(Claude))[0];
        Assert.Equal("Be brief.", arrived.GetProperty("body").GetProperty("system")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task CompleteChatStreaming_Text_IsToldPieceByPieceWithItsUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync(Claude, new { latency_ms = 5, tokens_per_second = 4000 });
        await using var host = await StartAsync(simulator);

        var updates = await StreamAsync(Client(host).CompleteChatStreamingAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel));

        Assert.Equal(await simulator.TextAsync(Claude, Prompt), Text(updates));
        Assert.True(updates.Count > 5);
        Assert.Equal(ChatFinishReason.Stop, Assert.Single(updates, u => u.FinishReason is not null).FinishReason);
        var usage = Assert.Single(updates, u => u.Usage is not null).Usage;
        var record = await host.RecordAsync();
        Assert.Equal((record.InputTokens, record.OutputTokens), (usage.InputTokenCount, usage.OutputTokenCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CompleteChat_ParallelTools_RoundTrip(bool stream)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 900 };
        options.Tools.Add(Tool("weather"));
        options.Tools.Add(Tool("clock"));
        var messages = new List<ChatMessage> { new UserChatMessage("Ask weather and clock in Oslo") };

        var calls = await CallsAsync(host, messages, options, stream);
        Assert.Equal(["weather", "clock"], calls.Select(call => call.FunctionName));
        Assert.All(calls, call => Assert.Equal(JsonValueKind.Object, JsonElement.Parse(call.FunctionArguments.ToString()).ValueKind));
        Assert.Equal(2, calls.Select(call => call.Id).Distinct().Count());
        messages.Add(new AssistantChatMessage(calls));
        messages.AddRange(calls.Select(call => new ToolChatMessage(call.Id, $"result of {call.FunctionName}")));
        ChatCompletion end = await Client(host).CompleteChatAsync(messages, options, Cancel);

        Assert.Equal(ChatFinishReason.Stop, end.FinishReason);
        var turns = (await simulator.RequestsAsync(Claude))[^1].GetProperty("body").GetProperty("messages");
        Assert.Equal(["user", "assistant", "user"], turns.EnumerateArray().Select(turn => turn.GetProperty("role").GetString()));
        Assert.Equal(
            calls.Select(call => (call.Id, $"result of {call.FunctionName}")),
            turns[2].GetProperty("content").EnumerateArray().Select(block => block.GetProperty("toolResult"))
                .Select(result => (result.GetProperty("toolUseId").GetString()!, result.GetProperty("content")[0].GetProperty("text").GetString()!)));
    }

    [Fact]
    public async Task CompleteChat_Image_IsCarriedByContentAndRefusedByAddress()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var png = BinaryData.FromBytes([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

        ChatCompletion completion = await Client(host).CompleteChatAsync(
            [new UserChatMessage(ChatMessageContentPart.CreateTextPart(Prompt), ChatMessageContentPart.CreateImagePart(png, "image/png"))], cancellationToken: Cancel);
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => Client(host).CompleteChatAsync(
            [new UserChatMessage(ChatMessageContentPart.CreateImagePart(new Uri("https://example.com/a.png")))], cancellationToken: Cancel));

        Assert.NotEmpty(completion.Content[0].Text);
        Assert.Equal(400, refused.Status);
        Assert.Contains("messages[0].content[0]", refused.Message, StringComparison.Ordinal);
        Assert.Single(await simulator.RequestsAsync(Claude));
    }

    [Fact]
    public async Task CompleteChat_Schema_ComesBackAsValidJson()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var options = new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("city", BinaryData.FromString("""{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}""")),
        };

        using var response = (await Client(host).CompleteChatAsync([new UserChatMessage(Prompt)], options, Cancel)).GetRawResponse();

        var text = JsonElement.Parse(response.Content).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
        Assert.Equal(JsonValueKind.String, JsonElement.Parse(text).GetProperty("name").ValueKind);
        Assert.True(response.Headers.TryGetValue("x-gateflow-shims", out var shims));
        Assert.True(response.Headers.TryGetValue("x-amzn-requestid", out _));
        Assert.Equal("response_format.schema:mapped(closed objects)", shims);
    }

    /// <summary>What a family refuses, the shims take away: the simulator would refuse it as well.</summary>
    [Theory]
    [InlineData("anthropic.claude-opus-4-8", "us.anthropic.claude-opus-4-8", "temperature:dropped, top_p:dropped, top_k:dropped")]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0", Claude, "top_p:dropped")]
    public async Task CompleteChat_SamplingThatTheFamilyRefuses_IsShimmed(string model, string upstream, string shims)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, model: model, upstream: upstream);

        using var response = await host.PostAsync(GatewayHost.Chat(model, ",\"temperature\":0.5,\"top_p\":0.5,\"top_k\":5"));

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(shims, response.Headers.GetValues("x-gateflow-shims").Single());
    }

    [Fact]
    public async Task CompleteChat_ThoughtsAndNoLimit_HasRoomForBoth()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);

        using var response = await host.PostAsync(GatewayHost.Chat(Model, ",\"reasoning_effort\":\"high\""));

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("reasoning_effort:mapped(budget_tokens=16384), max_tokens:defaulted(20480)", response.Headers.GetValues("x-gateflow-shims").Single());
    }

    [Theory]
    [InlineData(429, 429, "rate_limit_exceeded")]
    [InlineData(503, 503, "provider_unavailable")]
    [InlineData(424, 502, "provider_unavailable")]
    [InlineData(400, 400, "provider_refused")]
    [InlineData(404, 404, "model_not_found")]
    public async Task CompleteChat_ProviderFails_TellsWhatBedrockSays(int status, int told, string code)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync(Claude, new { error_rate = 1, error_status = status });
        await using var host = await StartAsync(simulator);

        var (answered, error) = await ErrorAsync(host);

        Assert.Equal((told, code), (answered, error.GetProperty("code").GetString()));
        Assert.DoesNotContain("answered with status", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_NoSuchModel_IsModelNotFound()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync(Claude, new { exists = false });
        await using var host = await StartAsync(simulator);

        var (status, error) = await ErrorAsync(host);

        Assert.Equal((404, "model_not_found"), (status, error.GetProperty("code").GetString()));
        Assert.Equal("model_not_found_400", (await host.RecordAsync()).ErrorCode);
    }

    [Fact]
    public async Task CompleteChat_WrongSecret_IsTheGatewaysTroubleAndQuotesNothing()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, provider => provider with { SecretAccessKey = "wrong", SessionToken = "secret-session" });

        var (status, error) = await ErrorAsync(host);

        Assert.Equal(502, status);
        Assert.Contains("Gateflow:Providers:bedrock", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-session", error.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("session", null)]
    [InlineData(null, "bedrock-api-key")]
    public async Task CompleteChat_SessionTokenOrKey_IsAccepted(string? session, string? key)
    {
        await using var simulator = await SimulatorHost.StartAsync(options => options.ApiKey = "bedrock-api-key");
        await using var host = await StartAsync(simulator, provider => provider with { SecretAccessKey = "bedrock-api-key", SessionToken = session, ApiKey = key });

        ChatCompletion completion = await Client(host).CompleteChatAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel);

        Assert.NotEmpty(completion.Content[0].Text);
        var headers = Assert.Single(await simulator.RequestsAsync(Claude)).GetProperty("headers");
        Assert.Equal(session is not null, headers.TryGetProperty("x-amz-security-token", out _));
        Assert.Equal(key is null, headers.TryGetProperty("x-amz-date", out _));
    }

    [Theory]
    [InlineData("stream_error_rate")]
    [InlineData("broken_stream_rate")]
    [InlineData("malformed_rate")]
    public async Task CompleteChatStreaming_BreaksHalfWay_EndsInAnErrorAndCountsAsBroken(string fault)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync(Claude, new Dictionary<string, object> { [fault] = 1, ["error_status"] = 503, ["min_answer_tokens"] = 200 });
        await using var host = await StartAsync(simulator);

        using var response = await host.PostAsync(GatewayHost.Chat(Model, ",\"stream\":true"));
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("\"content\":", text, StringComparison.Ordinal);
        Assert.Contains("data: {\"error\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.StartsWith("broken_stream", (await host.RecordAsync()).ErrorCode, StringComparison.Ordinal);
    }

    private static async Task<GatewayHost> StartAsync(
        SimulatorHost simulator, Func<ProviderEndpoint, ProviderEndpoint>? change = null, string model = Model, string upstream = Claude)
    {
        var host = await GatewayHost.StartAsync();
        host.Serve(model, ProviderType.Bedrock, new Uri(simulator.Root), upstream, provider =>
        {
            var signed = provider with { ApiKey = null, Region = "eu-central-1", AccessKeyId = "AKIDEXAMPLE", SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
            return change?.Invoke(signed) ?? signed;
        });
        return host;
    }

    private static ChatClient Client(GatewayHost host) => new(
        Model, new ApiKeyCredential(GatewayHost.Key), new OpenAIClientOptions { Endpoint = new Uri(host.Client.BaseAddress!, "/v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) });

    private static ChatTool Tool(string name) =>
        ChatTool.CreateFunctionTool(name, "Looks it up", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));

    private static async Task<List<ChatToolCall>> CallsAsync(GatewayHost host, List<ChatMessage> messages, ChatCompletionOptions options, bool stream)
    {
        if (!stream)
        {
            ChatCompletion completion = await Client(host).CompleteChatAsync(messages, options, Cancel);
            Assert.Equal(ChatFinishReason.ToolCalls, completion.FinishReason);
            return [.. completion.ToolCalls];
        }

        var updates = await StreamAsync(Client(host).CompleteChatStreamingAsync(messages, options, Cancel));
        Assert.Contains(updates, update => update.FinishReason == ChatFinishReason.ToolCalls);
        return [.. updates.SelectMany(update => update.ToolCallUpdates).GroupBy(call => call.Index).Select(call => ChatToolCall.CreateFunctionToolCall(
            call.First().ToolCallId, call.First().FunctionName, BinaryData.FromString(string.Concat(call.Select(piece => piece.FunctionArgumentsUpdate.ToString())))))];
    }

    private static async Task<List<StreamingChatCompletionUpdate>> StreamAsync(IAsyncEnumerable<StreamingChatCompletionUpdate> stream)
    {
        var updates = new List<StreamingChatCompletionUpdate>();
        await foreach (var update in stream)
        {
            updates.Add(update);
        }

        return updates;
    }

    private static string Text(List<StreamingChatCompletionUpdate> updates) =>
        updates.Aggregate(new StringBuilder(), (text, update) => text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)))).ToString();

    private static async Task<(int Status, JsonElement Error)> ErrorAsync(GatewayHost host)
    {
        using var response = await host.PostAsync(GatewayHost.Chat(Model, ",\"gateflow\":{\"retry\":{\"max_attempts\":1}}"));
        return ((int)response.StatusCode, (await response.JsonAsync()).GetProperty("error"));
    }
}

using System.ClientModel;
using System.Net;
using System.Text.Json;
using System.Text;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;
using OpenAI;
using OpenAI.Chat;

namespace Gateflow.Tests.Providers.Gemini;

/// <summary>The official OpenAI SDK for .NET, through the gateway, before the simulator's Gemini, which is as strict as Google, and before its Vertex AI.</summary>
public sealed class GeminiClientTests
{
    private const string Prompt = "Explain how tides work";
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProviderType.Gemini, "/v1beta/models/gemini-x:generateContent")]
    [InlineData(ProviderType.VertexAI, "/v1/projects/p1/locations/europe-west4/publishers/google/models/gemini-x:generateContent")]
    public async Task CompleteChat_Text_ReadsAnswerAndUsage(ProviderType type, string path)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, type);

        ChatCompletion completion = await Client(host).CompleteChatAsync(
            [new SystemChatMessage("Be brief"), new UserChatMessage(Prompt)],
            new ChatCompletionOptions { MaxOutputTokenCount = 4000, Temperature = 0.5f, TopP = 0.9f, StopSequences = { "XYZ" } },
            Cancel);

        Assert.Equal((await simulator.TextAsync("gemini-x", Prompt), "gemini-x", ChatFinishReason.Stop), (completion.Content[0].Text, completion.Model, completion.FinishReason));
        var record = await host.RecordAsync();
        Assert.Equal((completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, OutcomeKind.Success), (record.InputTokens, record.OutputTokens, record.Outcome));
        Assert.False(record.TokensEstimated);
        Assert.Equal(path, (await simulator.RequestsAsync("gemini-x"))[0].GetProperty("path").GetString());
    }

    [Theory]
    [InlineData(ProviderType.Gemini)]
    [InlineData(ProviderType.VertexAI)]
    public async Task CompleteChatStreaming_Text_ReadsTextUsageAndFinish(ProviderType type)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, type);
        var (text, usage, finish) = (new StringBuilder(), default(ChatTokenUsage), default(ChatFinishReason?));

        await foreach (var update in Client(host).CompleteChatStreamingAsync([new UserChatMessage(Prompt)], cancellationToken: Cancel))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            (usage, finish) = (update.Usage ?? usage, update.FinishReason ?? finish);
        }

        Assert.Equal((await simulator.TextAsync("gemini-x", Prompt), ChatFinishReason.Stop), (text.ToString(), finish));
        var record = await host.RecordAsync();
        Assert.Equal((usage!.InputTokenCount, usage.OutputTokenCount, true), (record.InputTokens, record.OutputTokens, record.Stream));
    }

    [Theory]
    [InlineData("gemini-x", true)]
    [InlineData("gemini-2.5-flash", false)]
    [InlineData("gemini-3-pro", false)]
    [InlineData("gemini-3-pro", true)]
    public async Task CompleteChat_ParallelTools_RoundTrip(string model, bool stream)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, ProviderType.Gemini, model);
        var options = new ChatCompletionOptions();
        options.Tools.Add(Tool("get_weather", """{"type":"object","additionalProperties":false,"required":["city"],"properties":{"city":{"type":"string","minLength":1}}}"""));
        options.Tools.Add(Tool("get_time", null));
        var messages = new List<ChatMessage> { new UserChatMessage("Use get_weather and get_time") };

        var calls = stream ? await StreamedCallsAsync(Client(host, model), messages, options) : await CallsAsync(Client(host, model), messages, options);
        messages.Add(new AssistantChatMessage(calls));
        messages.AddRange(calls.AsEnumerable().Reverse().Select(call => new ToolChatMessage(call.Id, call.FunctionName == "get_time" ? "noon" : """{"degrees":12}""")));
        ChatCompletion answer = await Client(host, model).CompleteChatAsync(messages, options, Cancel);

        Assert.Equal(["get_weather", "get_time"], calls.Select(call => call.FunctionName));
        Assert.NotEmpty(JsonElement.Parse(calls[0].FunctionArguments.ToString()).GetProperty("city").GetString()!);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(await simulator.TextAsync(model, "Use get_weather and get_time"), answer.Content[0].Text);
    }

    [Theory]
    [InlineData("required", "get_time")]
    [InlineData("none", "")]
    public async Task CompleteChat_ToolChoice_IsObeyed(string choice, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var options = new ChatCompletionOptions { ToolChoice = choice == "none" ? ChatToolChoice.CreateNoneChoice() : ChatToolChoice.CreateFunctionChoice("get_time") };
        options.Tools.Add(Tool("get_weather", null));
        options.Tools.Add(Tool("get_time", null));

        ChatCompletion completion = await Client(host).CompleteChatAsync([new UserChatMessage("Use get_weather")], options, Cancel);

        Assert.Equal(expected, string.Join(',', completion.ToolCalls.Select(call => call.FunctionName)));
    }

    [Fact]
    public async Task CompleteChat_JsonSchema_AnswerSatisfiesIt()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var schema = """
            {"type":"object","additionalProperties":false,"required":["kind","item"],"definitions":{"item":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}},
             "properties":{"kind":{"const":"tide"},"item":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}}
            """;
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("tides", BinaryData.FromString(schema), jsonSchemaIsStrict: true) };

        ChatCompletion completion = await Client(host).CompleteChatAsync([new UserChatMessage(Prompt)], options, Cancel);

        var answer = JsonElement.Parse(completion.Content[0].Text);
        Assert.Equal(("tide", JsonValueKind.Number), (answer.GetProperty("kind").GetString(), answer.GetProperty("item").GetProperty("n").ValueKind));
    }

    [Fact]
    public async Task CompleteChat_ToolsAndJsonBelow3_AreTaken()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, ProviderType.Gemini, "gemini-2.5-flash");

        using var response = await host.PostAsync(GatewayHost.Chat(
            "gemini-2.5-flash", ""","tools":[{"type":"function","function":{"name":"f"}}],"response_format":{"type":"json_object"}"""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task CompleteChat_Image_IsTakenByContentAndByAddress()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);

        ChatCompletion completion = await Client(host).CompleteChatAsync(
            [new UserChatMessage(
                ChatMessageContentPart.CreateTextPart(Prompt),
                ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(Convert.FromBase64String(Pixel)), "image/png"),
                ChatMessageContentPart.CreateImagePart(new Uri("https://example.com/a.webp")))],
            cancellationToken: Cancel);

        Assert.Equal(await simulator.TextAsync("gemini-x", Prompt), completion.Content[0].Text);
        var parts = (await simulator.RequestsAsync("gemini-x"))[0].GetProperty("body").GetProperty("contents")[0].GetProperty("parts");
        Assert.Equal(("image/png", "image/webp"), (
            parts[1].GetProperty("inlineData").GetProperty("mimeType").GetString(), parts[2].GetProperty("fileData").GetProperty("mimeType").GetString()));
    }

    [Theory]
    [InlineData("gemini-2.5-flash", "none")]
    [InlineData("gemini-2.5-pro", "high")]
    [InlineData("gemini-3-pro", "high")]
    [InlineData("gemini-3-flash", "minimal")]
    public async Task CompleteChat_Effort_IsTakenByEveryFamily(string model, string effort)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, ProviderType.Gemini, model);

        using var response = await host.PostAsync(GatewayHost.Chat(model, $$""","reasoning_effort":"{{effort}}" """));

        var usage = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("usage");
        var (output, reasoning) = (usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32());
        Assert.Equal(effort != "none", reasoning > 0);
        Assert.True(output > reasoning);
    }

    [Fact]
    public async Task CompleteChat_SeveralChoicesAndTooFewTokens_AreTold()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);

        using var response = await host.PostAsync(GatewayHost.Chat("gemini-x", ""","n":2,"max_tokens":3"""));

        var choices = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("choices");
        Assert.Equal([(0, "length"), (1, "length")], choices.EnumerateArray().Select(c => (c.GetProperty("index").GetInt32(), c.GetProperty("finish_reason").GetString())));
    }

    [Theory]
    [InlineData(404, 404, OutcomeKind.SourceFailure)]
    [InlineData(429, 429, OutcomeKind.RateLimited)]
    [InlineData(400, 400, OutcomeKind.ClientFault)]
    [InlineData(503, 503, OutcomeKind.SourceFailure)]
    [InlineData(403, 403, OutcomeKind.SourceFailure)]
    public async Task CompleteChat_ProvidersError_IsTheSdksException(int status, int told, OutcomeKind outcome)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gemini-x", new { error_rate = 1.0, error_status = status });
        await using var host = await StartAsync(simulator);

        using var response = await host.PostAsync(GatewayHost.Chat("gemini-x", ""","gateflow":{"retry":{"max_attempts":1}}"""));

        Assert.Equal(told, (int)response.StatusCode);
        Assert.Equal(JsonValueKind.String, JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("error").GetProperty("message").ValueKind);
        Assert.Equal(outcome, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task Message_OfAnthropicsProtocol_ReachesGemini()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);

        using var response = await host.MessageAsync(
            $$"""{"model":"gemini-x","max_tokens":4000,"system":"Be brief","thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"{{Prompt}}"}]}""");

        var content = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("content");
        Assert.Equal(["thinking", "text"], content.EnumerateArray().Select(block => block.GetProperty("type").GetString()));
        Assert.Equal(await simulator.TextAsync("gemini-x", Prompt), content[1].GetProperty("text").GetString());
    }

    private static ChatTool Tool(string name, string? schema) =>
        ChatTool.CreateFunctionTool(name, $"Does {name}", schema is null ? null : BinaryData.FromString(schema));

    private static async Task<IReadOnlyList<ChatToolCall>> CallsAsync(ChatClient client, IEnumerable<ChatMessage> messages, ChatCompletionOptions options)
    {
        ChatCompletion completion = await client.CompleteChatAsync(messages, options, Cancel);
        Assert.Equal(ChatFinishReason.ToolCalls, completion.FinishReason);
        return completion.ToolCalls;
    }

    private static async Task<IReadOnlyList<ChatToolCall>> StreamedCallsAsync(ChatClient client, IEnumerable<ChatMessage> messages, ChatCompletionOptions options)
    {
        var calls = new SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)>();
        await foreach (var update in client.CompleteChatStreamingAsync(messages, options, Cancel))
        {
            foreach (var call in update.ToolCallUpdates)
            {
                if (!calls.TryGetValue(call.Index, out var known))
                {
                    calls[call.Index] = known = (call.ToolCallId, call.FunctionName, new StringBuilder());
                }

                known.Arguments.Append(call.FunctionArgumentsUpdate);
            }
        }

        return [.. calls.Values.Select(call => ChatToolCall.CreateFunctionToolCall(call.Id, call.Name, BinaryData.FromString(call.Arguments.ToString())))];
    }

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator, ProviderType type = ProviderType.Gemini, string model = "gemini-x")
    {
        var host = await GatewayHost.StartAsync();
        host.Serve(model, type, new Uri(simulator.Root), change: provider => provider with { Project = "p1", Location = "europe-west4" });
        return host;
    }

    private static ChatClient Client(GatewayHost host, string model = "gemini-x") =>
        new OpenAIClient(new ApiKeyCredential(GatewayHost.Key), new OpenAIClientOptions { Endpoint = new Uri(host.Client.BaseAddress!, "/v1") }).GetChatClient(model);
}

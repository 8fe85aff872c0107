using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
#pragma warning disable OPENAI001 // the SDK marks its whole Responses client as experimental
using System.ClientModel;
using System.Text;
using System.Text.Json;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Simulator;
using OpenAI.Responses;

namespace Gateflow.Tests.Protocols.Responses;

/// <summary>The official SDK's Responses client before a provider that has chat completions only.</summary>
public sealed class ResponsesTranslatedTests
{
    private const string Prompt = "Explain how tides work";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateResponse_Text_IsTheModelsAnswerWithItsUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var options = Ask(Prompt);
        options.Instructions = "Be brief.";

        var result = await Client(host).CreateResponseAsync(options, Cancel);

        var response = result.Value;
        Assert.Equal((await simulator.TextAsync("gpt-4o", Prompt), "gpt-4o", ResponseStatus.Completed), (response.GetOutputText(), response.Model, response.Status));
        var record = await host.RecordAsync();
        Assert.Equal((response.Usage.InputTokenCount, response.Usage.OutputTokenCount, 1.0), (record.InputTokens, record.OutputTokens, record.Quality));
        Assert.True(result.GetRawResponse().Headers.TryGetValue("x-gateflow-model", out var served) && served == "gpt-4o");
        var asked = (await simulator.RequestsAsync("gpt-4o"))[0];
        Assert.Equal("/v1/chat/completions", asked.GetProperty("path").GetString());
        Assert.Equal(["system", "user"], asked.GetProperty("body").GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task CreateResponseStreaming_Text_ComesInPiecesAndEnds()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gpt-4o", new { latency_ms = 5, tokens_per_second = 4000 });
        await using var host = await StartAsync(simulator);
        var options = Ask(Prompt);
        options.StreamingEnabled = true;

        var (text, updates) = (new StringBuilder(), new List<StreamingResponseUpdate>());
        await foreach (var update in await Client(host).CreateResponseStreamingAsync(options, Cancel))
        {
            updates.Add(update);
            text.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
        }

        var expected = await simulator.TextAsync("gpt-4o", Prompt);
        Assert.Equal(expected, text.ToString());
        Assert.True(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Count() > 5);
        var end = Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1]).Response;
        Assert.Equal((expected, "gpt-4o"), (end.GetOutputText(), end.Model));
        Assert.Equal((end.Usage.OutputTokenCount, OutcomeKind.Success), ((await host.RecordAsync()) is var r ? (r.OutputTokens, r.Outcome) : default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CreateResponse_Tools_MakeTheRoundTrip(bool stream)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var options = Ask("Use look_up for tide");
        options.Tools.Add(ResponseTool.CreateFunctionTool("look_up", BinaryData.FromString("""{"type":"object","properties":{"word":{"type":"string"}}}"""), false, "Looks up"));

        var first = await CreateAsync(host, options, stream);
        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(first.OutputItems));
        options.InputItems.Add(call);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "rise and fall of the sea"));
        var second = await CreateAsync(host, options, stream);

        Assert.Equal(("look_up", JsonValueKind.Object), (call.FunctionName, JsonDocument.Parse(call.FunctionArguments).RootElement.ValueKind));
        Assert.Equal(await simulator.TextAsync("gpt-4o", "Use look_up for tide"), second.GetOutputText());
    }

    [Fact]
    public async Task CreateResponse_StructuredOutputImageAndReasoning_ReachTheModel()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "gpt-5");
        var options = new CreateResponseOptions("gpt-5", [ResponseItem.CreateUserMessageItem(
            [
                ResponseContentPart.CreateInputTextPart("What is on this picture?"),
                ResponseContentPart.CreateInputImagePart(BinaryData.FromBytes(Png, "image/png")),
            ])])
        {
            ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.Low },
            TextOptions = new ResponseTextOptions
            {
                TextFormat = ResponseTextFormat.CreateJsonSchemaFormat(
                    "picture",
                    BinaryData.FromString("""{"type":"object","properties":{"title":{"type":"string"}},"required":["title"],"additionalProperties":false}"""),
                    jsonSchemaIsStrict: true),
            },
        };

        var response = await CreateAsync(host, options, stream: false);

        Assert.Equal(["title"], JsonDocument.Parse(response.GetOutputText()).RootElement.EnumerateObject().Select(p => p.Name));
        Assert.True(response.Usage.OutputTokenDetails.ReasoningTokenCount > 0);
        var record = await host.RecordAsync();
        Assert.Equal((1.0, response.Usage.OutputTokenDetails.ReasoningTokenCount), (record.Quality, record.ReasoningTokens));
    }

    [Fact]
    public async Task CreateResponse_CutOff_IsIncomplete()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var options = Ask(Prompt);
        options.MaxOutputTokenCount = 16;

        var response = await CreateAsync(host, options, stream: true);

        Assert.Equal((ResponseStatus.Incomplete, ResponseIncompleteStatusReason.MaxOutputTokens), (response.Status, response.IncompleteStatusDetails.Reason));
        Assert.Equal(0.5, (await host.RecordAsync()).Quality);
    }

    [Fact]
    public async Task CreateResponse_ErrorsAndWhatCannotBeCarried_AreTheSdksOwnException()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator);
        var (hot, stateful) = (Ask(Prompt), Ask(Prompt));
        hot.Temperature = 5;
        stateful.PreviousResponseId = "resp_1";

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => Client(host).CreateResponseAsync(hot, Cancel));
        var uncarried = await Assert.ThrowsAsync<ClientResultException>(() => Client(host).CreateResponseAsync(stateful, Cancel));

        Assert.Equal(400, refused.Status);
        Assert.Contains("temperature", refused.Message, StringComparison.Ordinal);
        Assert.Equal(400, uncarried.Status);
        Assert.Contains("'previous_response_id' cannot be carried over", uncarried.Message, StringComparison.Ordinal);
        Assert.Single(await simulator.RequestsAsync("gpt-4o"));
    }

    [Fact]
    public async Task CreateResponseStreaming_ProviderBreaksOff_EndsWithAnErrorUpdate()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gpt-4o", new { broken_stream_rate = 1.0 });
        await using var host = await StartAsync(simulator);
        var options = Ask(Prompt);
        options.StreamingEnabled = true;

        StreamingResponseUpdate? last = null;
        await foreach (var update in await Client(host).CreateResponseStreamingAsync(options, Cancel))
        {
            last = update;
        }

        Assert.Equal("stream_broken", Assert.IsType<StreamingResponseErrorUpdate>(last).Code);
        Assert.Equal(OutcomeKind.BrokenStream, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(0.0, "llama", false, null)]
    [InlineData(1.0, "gpt-4", true, "provider_error")]
    public async Task Post_MigrationToAnotherProtocol_SaysWhoAnsweredAndFallsBackToTheSource(double errorRate, string served, bool used, string? reason)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("llama", new { error_rate = errorRate, error_status = 500 });
        await using var host = await GatewayHost.StartAsync(provider: new Uri(simulator.BaseUrl));
        host.Serve("llama", ProviderType.OpenAICompatible, new Uri(simulator.BaseUrl));
        host.Route(GatewayHost.Migration(10_000, target: "llama"));

        using var response = await host.PostToAsync("/v1/responses", $$"""{"model":"gpt-4","input":"{{Prompt}}"}""");

        var body = await response.JsonAsync();
        Assert.Equal((served, "completed"), (body.GetProperty("model").GetString(), body.GetProperty("status").GetString()));
        var fallback = body.GetProperty("gateflow").GetProperty("fallback");
        Assert.Equal((used, reason), (fallback.GetProperty("used").GetBoolean(), fallback.GetProperty("reason").GetString()));
        Assert.Equal(served, PassThroughTests.Header(response, "x-gateflow-model"));
        Assert.Equal(
            served == "llama" ? ["/v1/chat/completions"] : ["/v1/chat/completions", "/v1/responses"],
            (await simulator.RequestsAsync()).Select(asked => asked.GetProperty("path").GetString()));
    }

    private static byte[] Png => Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator, string model = "gpt-4o")
    {
        var host = await GatewayHost.StartAsync();
        host.Serve(model, ProviderType.OpenAICompatible, new Uri(simulator.BaseUrl));
        return host;
    }

    private static CreateResponseOptions Ask(string prompt) => new("gpt-4o", [ResponseItem.CreateUserMessageItem(prompt)]);

    /// <summary>The whole answer, however it comes.</summary>
    private static async Task<ResponseResult> CreateAsync(GatewayHost host, CreateResponseOptions options, bool stream)
    {
        options.StreamingEnabled = stream;
        if (!stream)
        {
            return (await Client(host).CreateResponseAsync(options, Cancel)).Value;
        }

        ResponseResult? end = null;
        await foreach (var update in await Client(host).CreateResponseStreamingAsync(options, Cancel))
        {
            end = (update as StreamingResponseCompletedUpdate)?.Response ?? (update as StreamingResponseIncompleteUpdate)?.Response ?? end;
        }

        return end!;
    }

    private static ResponsesClient Client(GatewayHost host) => ResponsesPassThroughTests.Client(host);
}

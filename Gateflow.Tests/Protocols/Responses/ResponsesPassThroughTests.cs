using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
#pragma warning disable OPENAI001 // the SDK marks its whole Responses client as experimental
using System.ClientModel;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Simulator;
using OpenAI.Responses;

namespace Gateflow.Tests.Protocols.Responses;

/// <summary>Responses at providers that have the API: the provider's own bytes, read on their way.</summary>
public sealed class ResponsesPassThroughTests
{
    private const string Prompt = "Explain how tides work";

    private const string Answer = """{ "id":"resp_1","object":"response","status":"completed","model":"gpt-4o-upstream","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":4,"output_tokens":2} }""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_PassesBytesUnchangedButForTheModel()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);
        var body = """{ "input" : "Hi", "tools":[{"type":"web_search"}], "previous_response_id":"resp_0","gateflow":{}, "model":"gpt-4o" }""";

        using var response = await host.PostToAsync("/v1/responses", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Answer.Replace("gpt-4o-upstream", "gpt-4o", StringComparison.Ordinal), await response.Content.ReadAsStringAsync(Cancel));
        var received = Assert.Single(host.Upstream.Requests);
        Assert.Equal(("/v1/responses", """{ "input" : "Hi", "tools":[{"type":"web_search"}], "previous_response_id":"resp_0", "model":"gpt-4o-upstream" }"""), (received.Path, received.Body));
        var record = await host.RecordAsync();
        Assert.Equal((4, 2, OutcomeKind.Success, 1.0), (record.InputTokens, record.OutputTokens, record.Outcome, record.Quality));
    }

    [Fact]
    public async Task Post_StreamThatBreaks_EndsWithTheProtocolsErrorEvent()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(
            http,
            "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"model\":\"x\",\"status\":\"in_progress\"}}\n\n",
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\n");

        using var response = await host.PostToAsync("/v1/responses", """{"model":"gpt-4","input":"Hi","stream":true}""");

        var events = (await response.Content.ReadAsStringAsync(Cancel)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"model\":\"gpt-4\",\"status\":\"in_progress\"}}", events[0]);
        Assert.StartsWith("event: error\ndata: {", events[^1], StringComparison.Ordinal);
        var told = JsonNode.Parse(events[^1]["event: error\ndata: ".Length..])!;
        Assert.Equal(("error", 2, "provider_error"), ((string?)told["type"], (int)told["sequence_number"]!, (string?)told["error"]!["type"]));
        Assert.All((JsonNode[])[told, told["error"]!], error =>
        {
            Assert.Equal(("stream_broken", null), ((string?)error["code"], error["param"]));
            Assert.StartsWith("The provider 'openai' ended", (string?)error["message"], StringComparison.Ordinal);
        });
        Assert.Equal(OutcomeKind.BrokenStream, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task Post_FailedResponse_IsTheProvidersFailureAndTheSourceAnswers()
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);
        host.Upstream.Answer = (http, model) => FakeUpstream.Json(
            http, 200, model == "gpt-4" ? Answer : """{"object":"response","status":"failed","error":{"code":"server_error","message":"no"},"model":"m","output":[]}""");

        using var response = await host.PostToAsync("/v1/responses", """{"model":"gpt-4","input":"Hi"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("provider_error", PassThroughTests.Header(response, "x-gateflow-fallback-reason"));
        var told = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("\"model\":\"gpt-4\"", told, StringComparison.Ordinal);
        Assert.Contains("\"gateflow\":{\"fallback\":{\"used\":true", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "gpt-4")]
    [InlineData(10_000, "gpt-4o")]
    public async Task CreateResponse_OfficialClient_ReadsTheAnswer(int? weight, string served)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await GatewayHost.StartAsync(weight, provider: new Uri(simulator.BaseUrl));

        ResponseResult response = await Client(host).CreateResponseAsync(new CreateResponseOptions("gpt-4", [ResponseItem.CreateUserMessageItem(Prompt)]), Cancel);

        Assert.Equal((await simulator.TextAsync(served, Prompt), served), (response.GetOutputText(), response.Model));
        var record = await host.RecordAsync();
        Assert.Equal((response.Usage.InputTokenCount, response.Usage.OutputTokenCount, served), (record.InputTokens, record.OutputTokens, record.ServedModel));
    }

    [Fact]
    public async Task CreateResponseStreaming_OfficialClient_ReadsTextUsageAndEnd()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gpt-5", new { latency_ms = 5, tokens_per_second = 4000 });
        await using var host = await GatewayHost.StartAsync();
        host.Serve("gpt-5", ProviderType.OpenAI, new Uri(simulator.BaseUrl));
        var options = new CreateResponseOptions("gpt-5", [ResponseItem.CreateUserMessageItem(Prompt)])
        {
            StreamingEnabled = true,
            ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.Low },
        };

        var text = new StringBuilder();
        ResponseResult? end = null;
        await foreach (var update in await Client(host).CreateResponseStreamingAsync(options, Cancel))
        {
            text.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
            end = (update as StreamingResponseCompletedUpdate)?.Response ?? end;
        }

        Assert.Equal(await simulator.TextAsync("gpt-5", Prompt), text.ToString());
        var record = await host.RecordAsync();
        Assert.Equal((end!.Usage.OutputTokenCount, 20, 1.0), (record.OutputTokens, record.ReasoningTokens, record.Quality));
        Assert.Equal(Capabilities.Chat | Capabilities.ResponsesApi | Capabilities.Streaming | Capabilities.ReasoningEffort, record.Capabilities);
    }

    [Theory]
    [InlineData("gw_wrong", "gpt-4", 401)]
    [InlineData(GatewayHost.Key, "nope", 404)]
    [InlineData(GatewayHost.Key, "gpt-4", 400)]
    public async Task CreateResponse_Refused_IsTheSdksOwnException(string key, string model, int status)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await GatewayHost.StartAsync(provider: new Uri(simulator.BaseUrl));

        var fault = await Assert.ThrowsAsync<ClientResultException>(
            () => Client(host, key).CreateResponseAsync(new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem(Prompt)]) { MaxOutputTokenCount = 1 }, Cancel));

        Assert.Equal(status, fault.Status);
    }

    internal static ResponsesClient Client(GatewayHost host, string key = GatewayHost.Key) =>
        new(new ApiKeyCredential(key), new ResponsesClientOptions { Endpoint = new Uri(host.Client.BaseAddress!, "/v1") });
}

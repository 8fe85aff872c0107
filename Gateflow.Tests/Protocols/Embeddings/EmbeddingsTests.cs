using System.ClientModel;
using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols.Embeddings;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;
using OpenAI;
using OpenAI.Embeddings;

namespace Gateflow.Tests.Protocols.Embeddings;

public sealed class EmbeddingsTests
{
    private const string Model = "text-embedding-3-small";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(600)] // 5 MB, more than is held back
    public async Task GenerateEmbeddings_OfficialClient_GetsVectorsAndIsRecorded(int inputs)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await GatewayHost.StartAsync(configure: o => o.WantsSample = _ => true);
        host.Serve("text", ProviderType.OpenAI, new Uri(simulator.BaseUrl), upstream: Model);
        var client = new OpenAIClient(new ApiKeyCredential(GatewayHost.Key), new OpenAIClientOptions { Endpoint = new Uri(host.Client.BaseAddress!, "/v1") });

        OpenAIEmbeddingCollection embeddings = await client.GetEmbeddingClient("text").GenerateEmbeddingsAsync(
            [.. Enumerable.Range(0, inputs).Select(i => $"text {i}")], cancellationToken: Cancel);

        Assert.Equal((inputs, 1536, "text"), (embeddings.Count, embeddings[0].ToFloats().Length, embeddings.Model));
        var record = await host.RecordAsync();
        Assert.Equal((embeddings.Usage.InputTokenCount, 0, false), (record.InputTokens, record.OutputTokens, record.TokensEstimated));
        Assert.Equal(("text", OutcomeKind.Success, Capabilities.Embeddings), (record.ServedModel, record.Outcome, record.Capabilities));
        Assert.Equal(inputs == 2 ? 1 : double.NaN, record.Quality);
        Assert.True(record.RequestBody.IsEmpty);
    }

    [Theory]
    [InlineData("""{"object":"list","model":"up","usage":{"prompt_tokens":7,"total_tokens":7},"data":[DATA]}""", false)]
    [InlineData("""{"object":"list","data":[DATA],"usage":{"prompt_tokens":7,"total_tokens":7},"model":"up"}""", true)]
    [InlineData("""{"object":"list","data":[DATA,{"usage":{"prompt_tokens":1},"model":"inner"}], "model": "up", "usage":{"prompt_tokens":7} } """, true)]
    public async Task Post_LongAnswer_ModelIsReplacedAndUsageFoundAtTheEnd(string answer, bool counted)
    {
        await using var host = await GatewayHost.StartAsync();
        var body = answer.Replace("DATA", $"{{\"embedding\":[{string.Join(',', Enumerable.Repeat("0.125", 400_000))}]}}", StringComparison.Ordinal);
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, body);

        using var response = await host.PostToAsync("/v1/embeddings", """{"model":"gpt-4","input":"Hello there"}""");

        Assert.Equal(body.Replace("\"up\"", "\"gpt-4\"", StringComparison.Ordinal), await response.Content.ReadAsStringAsync(Cancel));
        var record = await host.RecordAsync();
        Assert.Equal((counted ? 7 : 3, 0, !counted), (record.InputTokens, record.OutputTokens, record.TokensEstimated));
    }

    [Fact]
    public async Task Post_OnTheTargetArm_PassesToTheTargetAndSaysSo()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await GatewayHost.StartAsync();
        host.Serve(Model, ProviderType.OpenAI, new Uri(simulator.BaseUrl));
        host.Serve("text-embedding-ada-002", ProviderType.OpenAI, new Uri(simulator.BaseUrl));
        host.Route(GatewayHost.Migration(10_000, source: "text-embedding-ada-002", target: Model));

        using var response = await host.PostToAsync("/v1/embeddings", """{"model":"text-embedding-ada-002","input":[[1,2],[3]],"user":"u"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var json = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((Model, Model, 2), ((string?)json["model"], (string?)json["gateflow"]!["routing"]!["selected_model"], json["data"]!.AsArray().Count));
        Assert.Equal((Arm.Target, 3), ((await host.RecordAsync()) is var r ? (r.Arm, r.InputTokens) : default));
    }

    [Theory]
    [InlineData("""{"model":"m","input":"four"}""", 4)]
    [InlineData("""{"input":["four","five!"],"model":"m","user":"u","dimensions":5}""", 9)]
    [InlineData("""{"model":"m","input":[[1,2,3],[4]]}""", 16)]
    [InlineData("""{"model":"m","input":[]}""", 0)]
    public void ReadEnvelope_Input_IsMeasured(string body, long length)
    {
        var envelope = new Envelope();

        Assert.Null(EmbeddingsEnvelopeReader.Instance.Read(System.Text.Encoding.UTF8.GetBytes(body), envelope));

        Assert.Equal((length, "m", false), (envelope.PromptLength, envelope.Model, envelope.Stream));
    }

    [Theory]
    [InlineData("""{"model":"m"}""", "missing_required_parameter")]
    [InlineData("""{"model":"m","input":{"a":1}}""", "invalid_parameter")]
    public void ReadEnvelope_WithoutInput_IsRefused(string body, string code) =>
        Assert.Equal(("input", code), EmbeddingsEnvelopeReader.Instance.Read(System.Text.Encoding.UTF8.GetBytes(body), new Envelope()) is { } e ? (e.Param, e.Code) : default);
}

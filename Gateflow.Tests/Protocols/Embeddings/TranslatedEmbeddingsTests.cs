using System.Collections.Frozen;
using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Protocols.Embeddings;

/// <summary>Embeddings of models whose providers do not speak OpenAI's protocol, over real HTTP before the simulator.</summary>
public sealed class TranslatedEmbeddingsTests
{
    private const string Cohere3 = "cohere.embed-multilingual-v3", Cohere4 = "cohere.embed-v4:0", Titan1 = "amazon.titan-embed-text-v1", Titan2 = "amazon.titan-embed-text-v2:0";
    private const string Vertex = "text-embedding-005", Gemini1 = "gemini-embedding-001", Gemini2 = "gemini-embedding-2";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProviderType.Gemini, Gemini1, "\"input\":[\"one two\",\"three\"],\"dimensions\":8", "{\"requests\":[{\"model\":\"models/gemini-embedding-001\",\"content\":{\"parts\":[{\"text\":\"one two\"}]},\"outputDimensionality\":8},{\"model\":\"models/gemini-embedding-001\",\"content\":{\"parts\":[{\"text\":\"three\"}]},\"outputDimensionality\":8}]}", 2, 8, "dimensions:mapped(unit_length)")]
    [InlineData(ProviderType.VertexAI, Vertex, "\"input\":[\"one two\",\"three\"],\"dimensions\":8", """{"instances":[{"content":"one two"},{"content":"three"}],"parameters":{"autoTruncate":false,"outputDimensionality":8}}""", 2, 8, "dimensions:mapped(unit_length)")]
    [InlineData(ProviderType.VertexAI, Gemini1, "\"input\":[\"one two\"]", """{"instances":[{"content":"one two"}],"parameters":{"autoTruncate":false}}""", 1, 3072)]
    [InlineData(ProviderType.VertexAI, Gemini2, "\"input\":\"one two\",\"dimensions\":8", """{"content":{"parts":[{"text":"one two"}]},"embedContentConfig":{"autoTruncate":false,"outputDimensionality":8}}""", 1, 8)]
    [InlineData(ProviderType.Bedrock, Titan1, "\"input\":\"one two\"", """{"inputText":"one two"}""", 1, 1024)]
    [InlineData(ProviderType.Bedrock, Titan2, "\"input\":\"one two\",\"dimensions\":256", """{"inputText":"one two","dimensions":256}""", 1, 256)]
    [InlineData(ProviderType.Bedrock, Cohere3, "\"input\":[\"one two\",\"three\"],\"input_type\":\"search_query\"", """{"texts":["one two","three"],"input_type":"search_query","embedding_types":["float"]}""", 2, 1024)]
    [InlineData(ProviderType.Bedrock, Cohere4, "\"input\":[\"one two\",\"three\"],\"dimensions\":512", """{"texts":["one two","three"],"input_type":"search_document","embedding_types":["float"],"output_dimension":512}""", 2, 512, "input_type:defaulted(search_document)")]
    [InlineData(ProviderType.Gemini, Gemini1, "\"input\":\"one two\",\"user\":\"u\"", """{"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"one two"}]}}]}""", 1, 3072, "user:dropped")]
    public async Task Post_AnyProvider_IsAskedInItsFormAndToldInOpenAIs(ProviderType type, string model, string fields, string expected, int vectors, int length, string? shims = null)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, type, model);

        using var response = await host.PostToAsync("/v1/embeddings", $$"""{"model":"vectors",{{fields}}}""");
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal(expected, (await simulator.RequestsAsync(model))[^1].GetProperty("body").GetRawText());
        Assert.Equal(shims, response.Headers.TryGetValues("x-gateflow-shims", out var told) ? Uri.UnescapeDataString(told.Single()) : null);
        var json = JsonNode.Parse(text)!;
        Assert.Equal(("list", "vectors", vectors), ((string?)json["object"], (string?)json["model"], json["data"]!.AsArray().Count));
        Assert.All(json["data"]!.AsArray().Index(), item => Assert.Equal(("embedding", item.Index, length), ((string?)item.Item!["object"], (int)item.Item["index"]!, item.Item["embedding"]!.AsArray().Count)));
    }

    [Theory]
    [InlineData(ProviderType.VertexAI, Vertex, 5, false)]
    [InlineData(ProviderType.VertexAI, Gemini2, 4, false)]
    [InlineData(ProviderType.Bedrock, Titan2, 4, false)]
    [InlineData(ProviderType.Gemini, Gemini1, 5, true)]
    [InlineData(ProviderType.Bedrock, Cohere3, 5, true)]
    public async Task Post_Usage_IsTheProvidersOrEstimated(ProviderType type, string model, int tokens, bool estimated)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, type, model);
        var input = model is Gemini2 or Titan2 ? "\"one two three\"" : "[\"one two three\",\"four\"]";

        using var response = await host.PostToAsync("/v1/embeddings", $$"""{"model":"vectors","input":{{input}},"encoding_format":"base64"}""");

        var told = (int)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["usage"]!["prompt_tokens"]!;
        var record = await host.RecordAsync();
        Assert.Equal((tokens, tokens, estimated), (told, record.InputTokens, record.TokensEstimated));
        Assert.Equal((0, 1), (record.OutputTokens, record.Quality));
    }

    [Theory]
    [InlineData(ProviderType.Gemini, Gemini1, "\"input\":[1,2,3]", "input", "takes texts, not tokens")]
    [InlineData(ProviderType.Bedrock, Titan2, "\"input\":[[1],[2]]", "input", "takes texts, not tokens")]
    [InlineData(ProviderType.Bedrock, Titan2, "\"input\":[\"a\",\"b\"]", "input", "takes one text a request")]
    [InlineData(ProviderType.VertexAI, Gemini1, "\"input\":[\"a\",\"b\"]", "input", "takes one text a request")]
    [InlineData(ProviderType.Gemini, Gemini1, "\"input\":[MANY]", "input", "takes at most 100 texts a request")]
    [InlineData(ProviderType.Bedrock, Cohere4, "\"input\":[MANY]", "input", "takes at most 96 texts a request")]
    [InlineData(ProviderType.Bedrock, Cohere3, "\"input\":\"a\",\"dimensions\":256", "dimensions", "has vectors of one length")]
    [InlineData(ProviderType.Bedrock, Titan1, "\"input\":\"a\",\"dimensions\":256", "dimensions", "has vectors of one length")]
    [InlineData(ProviderType.Gemini, Gemini1, "\"input\":\"a\",\"stream\":true", "stream", "streams no embeddings")]
    public async Task Post_WhatTheProviderHasNoWordFor_IsRefusedByName(ProviderType type, string model, string fields, string param, string why)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, type, model);
        var many = string.Join(',', Enumerable.Repeat("\"a\"", 101));

        using var response = await host.PostToAsync("/v1/embeddings", $$"""{"model":"vectors",{{fields.Replace("MANY", many, StringComparison.Ordinal)}}}""");
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;

        Assert.Equal((HttpStatusCode.BadRequest, "unsupported_by_target", param), (response.StatusCode, (string?)error["code"], (string?)error["param"]));
        Assert.EndsWith($"{why}.", (string?)error["message"], StringComparison.Ordinal);
        Assert.Empty(await simulator.RequestsAsync(model));
    }

    [Theory]
    [InlineData("""{"model":"vectors","input":[]}""", "input")]
    [InlineData("""{"model":"vectors","input":["a",{}]}""", "input[1]")]
    [InlineData("""{"model":"vectors","input":"a","dimensions":0}""", "dimensions")]
    [InlineData("""{"model":"vectors","input":"a","encoding_format":"hex"}""", "encoding_format")]
    public async Task Post_OddRequests_AreRefused(string body, string param)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, ProviderType.Gemini, Gemini1);

        using var response = await host.PostToAsync("/v1/embeddings", body);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_parameter", param), (response.StatusCode, (string?)error["code"], (string?)error["param"]));
    }

    [Theory]
    [InlineData("""{"embeddings":[{"values":[1,"x"]}]}""")]
    [InlineData("""{"embeddings":[{"values":[]}]}""")]
    [InlineData("""{"embeddings":[{"values":[1e99]}]}""")]
    [InlineData("""{"embeddings":[]}""")]
    [InlineData("""{"embeddings":7}""")]
    [InlineData("<html>")]
    public async Task Post_AnswerThatIsNoVector_CountsAsTheProvidersFailure(string answer)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("vectors", ProviderType.Gemini, upstream: Gemini1);
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, answer);

        using var response = await host.PostToAsync("/v1/embeddings", """{"model":"vectors","input":"a","gateflow":{"retry":{"max_attempts":1}}}""");

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Theory]
    [InlineData("", "[3,4]")]
    [InlineData(",\"dimensions\":2", "[0.6,0.8]")]
    public async Task Post_VectorsThatGoogleShortened_AreOfUnitLength(string more, string expected)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("vectors", ProviderType.Gemini, upstream: Gemini1);
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, """{"embeddings":[{"values":[3,4]},{"values":[0,0]}]}""");

        using var response = await host.PostToAsync("/v1/embeddings", $$"""{"model":"vectors","input":["a","b"]{{more}}}""");
        var vectors = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["data"]!.AsArray().Select(item => item!["embedding"]!.ToJsonString());

        Assert.Equal([expected, "[0,0]"], vectors);
    }

    [Theory]
    [InlineData(ProviderType.Gemini, "gemini-2.5-flash", true, false)]
    [InlineData(ProviderType.Gemini, Gemini1, false, true)]
    [InlineData(ProviderType.VertexAI, "gemini-2.5-flash", true, false)]
    [InlineData(ProviderType.VertexAI, Vertex, false, true)]
    [InlineData(ProviderType.VertexAI, "endpoints/123", true, true)]
    [InlineData(ProviderType.VertexAI, "endpoints/7", false, true)]
    [InlineData(ProviderType.OpenAICompatible, "bge-m3", true, true)]
    public void Find_ModelsOfGoogle_HaveOneApiOfTheTwo(ProviderType type, string model, bool words, bool vectors)
    {
        var named = new Dictionary<string, string> { ["text-embed-tuned"] = "endpoints/7" }.ToFrozenDictionary();
        var endpoint = new ModelEndpoint(new ProviderEndpoint { Name = "p", Type = type, BaseUrl = new Uri("https://provider.invalid"), Deployments = named }, model);

        Assert.Equal((words, vectors), (ProviderAdapters.Find(endpoint, Protocol.Chat) is not null, ProviderAdapters.Find(endpoint, Protocol.Embeddings) is not null));
    }

    [Fact]
    public void Find_CatalogKnowsThatItGivesVectors_IsAskedForThem()
    {
        var facts = CatalogModel.Unknown("google", "m") with { Capabilities = Capabilities.Embeddings };
        var endpoint = new ModelEndpoint(new ProviderEndpoint { Name = "p", Type = ProviderType.Gemini, BaseUrl = new Uri("https://provider.invalid") }, "m") { Facts = facts };

        Assert.NotNull(ProviderAdapters.Find(endpoint, Protocol.Embeddings));
    }

    [Fact]
    public void Find_CatalogKnowsItsEndpoint_HasThatApiOnly()
    {
        var facts = CatalogModel.Unknown("google", "m") with { Mode = ModelMode.Embedding };
        var endpoint = new ModelEndpoint(new ProviderEndpoint { Name = "p", Type = ProviderType.VertexAI, BaseUrl = new Uri("https://provider.invalid") }, "endpoints/123") { Facts = facts };

        Assert.Equal((true, false), (ProviderAdapters.Find(endpoint, Protocol.Embeddings) is not null, ProviderAdapters.Find(endpoint, Protocol.Chat) is not null));
    }

    [Fact]
    public async Task Post_DuringAMigrationToAModelThatGivesNoVectors_LeavesItsTargetInService()
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);
        host.Serve("gpt-4o", ProviderType.Gemini, upstream: "gemini-2.5-flash");
        host.Upstream.Answer = (http, model) => http.Request.Path.Value!.EndsWith(":generateContent", StringComparison.Ordinal)
            ? FakeUpstream.Json(http, 200, """{"candidates":[{"content":{"role":"model","parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}""")
            : model.Length == 0 ? FakeUpstream.Error(http, 404)
            : FakeUpstream.Json(http, 200, """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}],"model":"m"}""");

        (await host.PostToAsync("/v1/embeddings", """{"model":"gpt-4","input":"a"}""")).Dispose();
        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal("gpt-4o", PassThroughTests.Header(response, "x-gateflow-model"));
        Assert.Equal(["gpt-4", ""], host.Upstream.Requests.Select(r => r.Model));
    }

    [Fact]
    public async Task Post_ModelOfBedrockOfUnknownForm_IsRefusedBeforeItIsAsked()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, ProviderType.Bedrock, "amazon.nova-2-multimodal-embeddings-v1:0");

        using var response = await host.PostToAsync("/v1/embeddings", """{"model":"vectors","input":"a"}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(await simulator.RequestsAsync("amazon.nova-2-multimodal-embeddings-v1:0"));
    }

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator, ProviderType type, string model)
    {
        var host = await GatewayHost.StartAsync();
        host.Serve("vectors", type, new Uri(simulator.Root), model, provider => type == ProviderType.Bedrock
            ? provider with { ApiKey = null, Region = "eu-central-1", AccessKeyId = "AKIDEXAMPLE", SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }
            : provider with { Project = "p-1", Location = "global" });
        return host;
    }
}

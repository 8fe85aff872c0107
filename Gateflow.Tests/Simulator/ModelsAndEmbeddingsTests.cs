using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gateflow.Tests.Simulator;

public sealed class ModelsAndEmbeddingsTests
{
    [Fact]
    public async Task Models_ModelThatDoesNotExist_IsNotListedAnd404Everywhere()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("meta/here", new { quality = 1 });
        await simulator.SetAsync("gone", new { exists = false });

        using var list = await GetAsync(simulator, "/v1/models");
        using var here = await GetAsync(simulator, "/v1/models/meta/here");
        using var gone = await GetAsync(simulator, "/v1/models/gone");
        using var chat = await simulator.PostAsync(Chat.Body("gone", "hello"));

        Assert.Equal("meta/here", Assert.Single((await list.JsonAsync()).GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal("model", (await here.JsonAsync()).GetProperty("object").GetString());
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, chat.StatusCode);
        Assert.Equal("model_not_found", (await chat.JsonAsync()).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Models_DefaultDoesNotExist_OnlySetModelsAnswer()
    {
        await using var simulator = await SimulatorHost.StartAsync(options => options.Default = options.Default with { Exists = false });
        await simulator.SetAsync("known", new { quality = 1 });

        using var known = await simulator.PostAsync(Chat.Body("known", "hello"));
        using var unknown = await simulator.PostAsync(Chat.Body("unknown", "hello"));

        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Protocol_ApiKeySet_Is401WithoutItAndControlStaysOpen()
    {
        await using var simulator = await SimulatorHost.StartAsync(options => options.ApiKey = "sk-right");

        using var without = await simulator.PostAsync(Chat.Body("m", "hello"));
        simulator.Client.DefaultRequestHeaders.Add("Authorization", "Bearer sk-wrong");
        using var wrong = await simulator.PostAsync(Chat.Body("m", "hello"));
        using var wrongList = await GetAsync(simulator, "/v1/models");
        using var control = await GetAsync(simulator, "/control/models");
        simulator.Client.DefaultRequestHeaders.Remove("Authorization");
        simulator.Client.DefaultRequestHeaders.Add("Authorization", "Bearer sk-right");
        using var right = await simulator.PostAsync(Chat.Body("m", "hello"));

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal("invalid_api_key", (await wrong.JsonAsync()).GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, wrongList.StatusCode);
        Assert.Equal(HttpStatusCode.OK, control.StatusCode);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task Embeddings_TwoFormats_CarryTheSameUnitVectors()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        string[] input = ["The cat sat on the mat", "A cat sat upon a mat", "Quarterly revenue fell sharply"];

        var floats = Vectors(await simulator.AskAsync(new { model = "text-embedding-3-small", input, dimensions = 256 }, "/v1/embeddings"));
        var base64 = (await simulator.AskAsync(new { model = "text-embedding-3-small", input, dimensions = 256, encoding_format = "base64" }, "/v1/embeddings"))
            .GetProperty("data").EnumerateArray()
            .Select(item => MemoryMarshal.Cast<byte, float>(item.GetProperty("embedding").GetBytesFromBase64()).ToArray()).ToList();

        Assert.Equal(floats, base64);
        Assert.All(floats, vector => Assert.Equal(256, vector.Length));
        Assert.All(floats, vector => Assert.Equal(1, Dot(vector, vector), 4));
        Assert.True(Dot(floats[0], floats[1]) > Dot(floats[0], floats[2]) + 0.2);
    }

    [Fact]
    public async Task Embeddings_PlainText_HasTheModelsSizeAndUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var small = await simulator.AskAsync(new { model = "text-embedding-3-small", input = "12345678" }, "/v1/embeddings");
        var large = await simulator.AskAsync(new { model = "text-embedding-3-large", input = new[] { 1, 2, 3 } }, "/v1/embeddings");

        Assert.Equal(1536, Vectors(small)[0].Length);
        Assert.Equal(2, small.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(3072, Vectors(large)[0].Length);
        Assert.Equal(3, large.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Theory]
    [InlineData("""{"model":"m"}""", "input")]
    [InlineData("""{"model":"m","input":[]}""", "input")]
    [InlineData("""{"model":"m","input":["a",{}]}""", "input")]
    [InlineData("""{"model":"m","input":"a","encoding_format":"hex"}""", "encoding_format")]
    [InlineData("""{"model":"m","input":"a","dimensions":0}""", "dimensions")]
    public async Task Embeddings_BadRequest_Is400NamingTheParameter(string body, string param)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        using var response = await simulator.PostAsync(JsonElement.Parse(body), "/v1/embeddings");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, (await response.JsonAsync()).GetProperty("error").GetProperty("param").GetString());
    }

    private static Task<HttpResponseMessage> GetAsync(SimulatorHost simulator, string path) =>
        simulator.Client.GetAsync(path, TestContext.Current.CancellationToken);

    private static List<float[]> Vectors(JsonElement answer) =>
        [.. answer.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray())];

    private static float Dot(float[] one, float[] other) => one.Zip(other, (a, b) => a * b).Sum();
}

using System.Net;
using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Evaluations;

/// <summary>The program with a provider of which the test writes every answer: models gpt-4 and gpt-4o, and a judge without a known price.</summary>
internal sealed class EvaluationBench : IAsyncDisposable
{
    public const string First = "gpt-4";
    public const string Second = "gpt-4o";
    public const string Judge = "house-judge";

    private EvaluationBench(GateflowHost host, FakeUpstream upstream) => (Host, Upstream) = (host, upstream);

    public GateflowHost Host { get; }

    public FakeUpstream Upstream { get; }

    /// <summary>What a model says to the last message of a request; null is an error of the provider.</summary>
    public Func<string, string, string?> Says { get; set; } = (_, prompt) => $"echo {prompt}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<EvaluationBench> StartAsync(IReadOnlyDictionary<string, string?>? settings = null, string? dataDirectory = null)
    {
        var upstream = await FakeUpstream.StartAsync();
        var all = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>())
        {
            ["Gateflow:Providers:fake:Type"] = "OpenAICompatible",
            ["Gateflow:Providers:fake:BaseUrl"] = upstream.BaseUrl.ToString(),
            ["Gateflow:Providers:fake:Models:0"] = First,
            ["Gateflow:Providers:fake:Models:1"] = Second,
            ["Gateflow:Providers:fake:Models:2"] = Judge,
        };
        var bench = new EvaluationBench(await GateflowHost.StartAsync(all, dataDirectory), upstream);
        upstream.Answer = (http, model) => bench.Says(model, LastMessage(FakeUpstream.BodyOf(http))) is { } said
            ? FakeUpstream.Json(http, 200, FakeUpstream.Completion(model, JsonEncodedText.Encode(said).ToString()))
            : FakeUpstream.Error(http, 500);
        return bench;
    }

    /// <summary>A dataset with so many prompts, "Question 0" and on, each with the answer expected of it.</summary>
    public async Task<string> DatasetAsync(int items, Func<int, string?>? expected = null)
    {
        var id = Text(await MustAsync("POST", "/datasets", $$"""{"name": "set {{Guid.NewGuid():N}}"}"""), "dataset_id");
        var lines = Enumerable.Range(0, items).Select(i => JsonSerializer.Serialize(new { prompt = $"Question {i}", expected = expected is null ? $"Answer {i}" : expected(i) }));
        var report = await UploadAsync(id, string.Join('\n', lines));
        Assert.Equal(items, report["added"]!.GetValue<int>());
        return id;
    }

    public Task<JsonObject> UploadAsync(string datasetId, string lines) => UploadAsync(datasetId, Encoding.UTF8.GetBytes(lines));

    public async Task<JsonObject> UploadAsync(string datasetId, byte[] file)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new("application/jsonl");
        using var response = await Host.Client.PostAsync($"/v1/management/datasets/{datasetId}/items", content, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return (JsonObject)JsonNode.Parse(text)!;
    }

    /// <summary>Runs a request for an evaluation to its end.</summary>
    public Task<JsonObject> RunAsync(string json) => MustAsync("POST", "/evaluations?wait=true", json);

    public async Task<(HttpStatusCode Status, JsonObject Body)> CallAsync(string method, string path, string? json = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/management" + path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await (client ?? Host.Client).SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return (response.StatusCode, text.Length == 0 ? [] : (JsonObject)JsonNode.Parse(text)!);
    }

    public async Task<JsonObject> MustAsync(string method, string path, string? json = null)
    {
        var (status, body) = await CallAsync(method, path, json);
        Assert.True((int)status is >= 200 and < 300, $"{method} {path}: {(int)status} {body.ToJsonString()}");
        return body;
    }

    /// <summary>An answer of a provider that counts no tokens.</summary>
    public static Task Uncounted(Microsoft.AspNetCore.Http.HttpContext http, string model) => FakeUpstream.Json(http, 200,
        $$$"""{"id":"c","object":"chat.completion","created":1,"model":"{{{model}}}","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}""");

    public static string Text(JsonNode body, string field) => body[field]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private static string LastMessage(string request)
    {
        using var body = JsonDocument.Parse(request);
        return body.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!;
    }
}

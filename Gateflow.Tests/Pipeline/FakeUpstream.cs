using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateflow.Tests.Pipeline;

/// <summary>A provider whose every answer the test writes.</summary>
internal sealed partial class FakeUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeUpstream(WebApplication app) => _app = app;

    /// <summary>Answers a request of any path; the model that its body names is given.</summary>
    public Func<HttpContext, string, Task> Answer { get; set; } = (http, model) => Json(http, 200, Completion(model));

    /// <summary>Answers GET /v1/models.</summary>
    public Func<HttpContext, Task> Models { get; set; } = http => Error(http, 404);

    public ConcurrentQueue<Received> Requests { get; } = [];

    public Uri BaseUrl => new(_app.Urls.Single() + "/v1");

    public static async Task<FakeUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var upstream = new FakeUpstream(app);
        app.MapPost("/{**path}", (RequestDelegate)upstream.HandleAsync);
        app.MapGet("/v1/models", (RequestDelegate)(http => upstream.Models(http)));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return upstream;
    }

    public static string Completion(string model, string content = "Hello") =>
        $$"""
        { "id":"chatcmpl-1", "object":"chat.completion","created":1,"model":"{{model}}-served",
          "choices":[{"index":0,"message":{"role":"assistant","content":"{{content}}"},"finish_reason":"stop"}],
          "usage":{"prompt_tokens":11,"completion_tokens":5,"total_tokens":16,"prompt_tokens_details":{"cached_tokens":3} } }

        """;

    /// <summary>What a caller gets of <paramref name="answer"/>: the model by the name that callers know.</summary>
    public static string Told(string answer, string model = "gpt-4") => ModelField().Replace(answer, $"\"model\":\"{model}\"");

    public static string Chunk(string json) => $"data: {json}\n\n";

    public static string Delta(string text) =>
        Chunk($$$"""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"{{{text}}}"},"finish_reason":null}]}""");

    public static string Finish { get; } =
        Chunk("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""");

    public static string Usage { get; } =
        Chunk("""{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":8,"total_tokens":29}}""");

    public static string Done { get; } = Chunk("[DONE]");

    public static async Task Json(HttpContext http, int status, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(body);
    }

    public static async Task Error(HttpContext http, int status) => await Json(
        http, status, $$$"""{"error":{"message":"upstream says {{{status}}}","type":"t","param":null,"code":"c{{{status}}}"}}""");

    /// <summary>Says nothing more until the gateway hangs up.</summary>
    public static Task Silence(HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    public static async Task Events(HttpContext http, params string[] events)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "text/event-stream";
        }

        foreach (var text in events)
        {
            await http.Response.WriteAsync(text);
            await http.Response.Body.FlushAsync();
        }
    }

    /// <summary>The body of the request that is being answered.</summary>
    public static string BodyOf(HttpContext http) => (string)http.Items[nameof(Received)]!;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var text = Encoding.UTF8.GetString(body.ToArray());
        using var json = JsonDocument.Parse(text);
        var model = json.RootElement.TryGetProperty("model", out var named) ? named.GetString()! : "";
        Requests.Enqueue(new Received(http.Request.Path + http.Request.QueryString, model, text, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        http.Items[nameof(Received)] = text;
        await Answer(http, model);
    }

    /// <param name="Path">With its query.</param>
    /// <param name="Model">Empty where the body names none.</param>
    internal sealed record Received(string Path, string Model, string Body, IReadOnlyDictionary<string, string> Headers);

    [GeneratedRegex("\"model\":\"[^\"]*\"")]
    private static partial Regex ModelField();
}

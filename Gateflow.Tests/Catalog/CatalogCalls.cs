using System.Net;
using System.Text.Json.Nodes;
using System.Text;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Catalog;

/// <summary>The program with one provider, and calls of its catalog.</summary>
internal static class CatalogCalls
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The program; the upstream is its provider "openai" and serves gpt-4o, gpt-5 and house-1.</summary>
    public static Task<GateflowHost> StartAsync(FakeUpstream upstream) => GateflowHost.StartAsync(new Dictionary<string, string?>
    {
        ["Gateflow:Providers:openai:Type"] = "OpenAI",
        ["Gateflow:Providers:openai:BaseUrl"] = upstream.BaseUrl.ToString(),
        ["Gateflow:Providers:openai:ApiKey"] = "sk-of-the-tests",
        ["Gateflow:Providers:openai:Models:0"] = "gpt-4o",
        ["Gateflow:Providers:openai:Models:1"] = "gpt-5",
        ["Gateflow:Providers:openai:Models:2"] = "house-1",
    });

    /// <summary>One call below /v1/management.</summary>
    public static async Task<(HttpStatusCode Status, JsonObject Body)> CallAsync(GateflowHost host, string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/management" + path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await host.Client.SendAsync(request, Token);
        return (response.StatusCode, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!);
    }

    /// <summary>One call that must succeed.</summary>
    public static async Task<JsonObject> MustAsync(GateflowHost host, string method, string path, string? json = null)
    {
        var (status, body) = await CallAsync(host, method, path, json);
        Assert.True((int)status is >= 200 and < 300, $"{method} {path}: {(int)status} {body.ToJsonString()}");
        return body;
    }

    public static Task<HttpResponseMessage> AskAsync(GateflowHost host, string body) =>
        host.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Token);

    /// <summary>A fact of a model's answer.</summary>
    public static JsonObject Fact(JsonObject model, string field) => (JsonObject)model["facts"]!.AsArray().Single(f => f!["field"]!.GetValue<string>() == field)!;

    public static string? Value(JsonObject model, string field) => Fact(model, field)["value"]?.ToString();

    public static string Text(JsonNode body, string field) => body[field]!.GetValue<string>();
}

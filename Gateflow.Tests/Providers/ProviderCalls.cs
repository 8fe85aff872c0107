using System.Net;
using System.Text.Json.Nodes;
using System.Text;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Providers;

/// <summary>The program, allowed to reach the tests' own providers on loopback, and calls of its API.</summary>
internal static class ProviderCalls
{
    public const string Secret = "sk-very-secret-key-of-the-provider-7788";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<GateflowHost> StartAsync(string? dataDirectory = null, params (string Key, string Value)[] settings) => GateflowHost.StartAsync(
        new Dictionary<string, string?>(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value))) { ["Gateflow:Outbound:AllowedNetworks"] = "127.0.0.0/8" },
        dataDirectory);

    /// <summary>Stores the upstream as the provider "vllm"; its id.</summary>
    public static async Task<string> AddAsync(GateflowHost host, FakeUpstream upstream, string models = """["qwen-9"]""", bool probed = true)
    {
        var (status, body) = await CallAsync(host, "POST", "", $$"""
            {"name": "vllm", "type": "openai_compatible", "base_url": "{{upstream.BaseUrl}}", "api_key": "{{Secret}}", "models": {{models}}, "timeouts": {"first_byte_seconds": 10},
             "probe": {"enabled": {{(probed ? "true" : "false")}} } }
            """);
        Assert.True(status == HttpStatusCode.Created, body.ToJsonString());
        return Text(body, "id");
    }

    /// <summary>One call below /v1/management/providers.</summary>
    public static async Task<(HttpStatusCode Status, JsonObject Body)> CallAsync(GateflowHost host, string method, string path, string? json = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/management/providers" + path);
        request.Content = json is null ? null : Json(json);
        using var response = await (client ?? host.Client).SendAsync(request, Token);
        return (response.StatusCode, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!);
    }

    /// <summary>One call of the management API that must succeed.</summary>
    public static async Task<JsonObject> PostAsync(GateflowHost host, string path, string json)
    {
        using var response = await host.Client.PostAsync(new Uri("/v1/management" + path, UriKind.Relative), Json(json), Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, body);
        return (JsonObject)JsonNode.Parse(body)!;
    }

    /// <summary>One chat completion with the administrator's key.</summary>
    public static Task<HttpResponseMessage> AskAsync(GateflowHost host, string model) =>
        host.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), Json(GatewayHost.Chat(model)), Token);

    public static string Text(JsonNode body, string field) => body[field]!.GetValue<string>();

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}

using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Gateflow.E2E.Hosting;

/// <summary>Calls of the management API.</summary>
internal static class Management
{
    public static async Task<JsonObject> CallAsync(this HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, "/v1/management" + path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? (JsonObject)(JsonNode.Parse(text.Length == 0 ? "{}" : text)!) : throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {text}");
    }

    /// <summary>Waits until the demo's month is written: then both of its retiring models are known to be in use.</summary>
    public static Task DemoAsync(this GateflowProcess gateflow) => Eventually.TrueAsync(
        async () => (await gateflow.Client.CallAsync(HttpMethod.Get, "/deprecations"))["data"]!.AsArray().Count == 2, TimeSpan.FromSeconds(60), () => $"the demo's month was not written:\n{gateflow.Output}");

    /// <summary>Creates, configures and executes a canary; returns its id.</summary>
    public static async Task<string> StartCanaryAsync(this HttpClient client, string source, string target, object configuration)
    {
        var created = await client.CallAsync(HttpMethod.Post, "/migrations", new { source_model = source, target_model = target });
        var id = created["migration_id"]!.GetValue<string>();
        await client.CallAsync(HttpMethod.Patch, $"/migrations/{id}", configuration);
        await client.CallAsync(HttpMethod.Post, $"/migrations/{id}/execute");
        return id;
    }

    public static async Task<IReadOnlyList<JsonObject>> EventsAsync(this HttpClient client, string id) =>
        [.. (await client.CallAsync(HttpMethod.Get, $"/migrations/{id}/events?limit=1000"))["data"]!.AsArray().Select(e => (JsonObject)e!)];

    public static async Task<string> StatusAsync(this HttpClient client, string id) =>
        (await client.CallAsync(HttpMethod.Get, $"/migrations/{id}"))["status"]!.GetValue<string>();
}

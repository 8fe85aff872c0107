using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Benchmarks;

/// <summary>The calls of the management API that the job makes, as a script would make them.</summary>
internal sealed class ManagementApi(HttpClient http)
{
    private const string Root = "v1/management/";

    /// <summary>A new key for an application; its secret.</summary>
    public async Task<string> CreateKeyAsync(string name, CancellationToken cancellationToken) =>
        (await PostAsync("api-keys", new JsonObject { ["name"] = name }, cancellationToken))["key"]!.GetValue<string>();

    public Task<JsonObject> CreateMigrationAsync(string source, CancellationToken cancellationToken) =>
        PostAsync("migrations", new JsonObject { ["source_model"] = source, ["analyze"] = true }, cancellationToken);

    public Task<JsonObject> CheckAsync(string id, string target, CancellationToken cancellationToken) =>
        PostAsync($"migrations/{id}/compatibility", new JsonObject { ["target_model"] = target }, cancellationToken);

    /// <summary>Replays recent production through both models and waits for the result.</summary>
    public Task<JsonObject> TestAsync(string id, string target, int requests, CancellationToken cancellationToken) =>
        PostAsync($"migrations/{id}/test?wait=true", new JsonObject
        {
            ["target_model"] = target, ["test_requests"] = requests, ["source"] = "recent_production",
        }, cancellationToken);

    /// <summary>The same with so many pairs at a time.</summary>
    public Task<JsonObject> TestAsync(string id, string target, int requests, int concurrency, CancellationToken cancellationToken) =>
        PostAsync($"migrations/{id}/test?wait=true", new JsonObject
        {
            ["target_model"] = target, ["test_requests"] = requests, ["source"] = "recent_production", ["concurrency"] = concurrency,
        }, cancellationToken);

    /// <summary>What such a replay would send and cost.</summary>
    public Task<JsonObject> EstimateTestAsync(string id, string target, int requests, CancellationToken cancellationToken) =>
        PostAsync($"migrations/{id}/test/estimate", new JsonObject { ["target_model"] = target, ["test_requests"] = requests }, cancellationToken);

    public Task<JsonObject> ConfigureAsync(string id, JsonObject fields, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, $"migrations/{id}", fields, cancellationToken);

    public Task<JsonObject> ExecuteAsync(string id, CancellationToken cancellationToken) =>
        PostAsync($"migrations/{id}/execute", [], cancellationToken);

    public Task<JsonObject> RollBackAsync(string id, string reason, CancellationToken cancellationToken) =>
        PostAsync($"migrations/{id}/rollback", new JsonObject { ["reason"] = reason }, cancellationToken);

    /// <summary>"pause", "resume" and the like.</summary>
    public Task<JsonObject> ActAsync(string id, string action, CancellationToken cancellationToken) =>
        PostAsync($"migrations/{id}/{action}", new JsonObject { ["reason"] = "The benchmark" }, cancellationToken);

    /// <summary>Requests that a new usage analysis counts for a model; the draft that asks for it is cancelled again.</summary>
    public async Task<long> CountUsageAsync(string model, CancellationToken cancellationToken)
    {
        var draft = await CreateMigrationAsync(model, cancellationToken);
        await PostAsync($"migrations/{draft["migration_id"]}/cancel", [], cancellationToken);
        return draft["analysis"]!["total_requests"]!.GetValue<long>();
    }

    public Task<JsonObject> ReadAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"migrations/{id}", null, cancellationToken);

    /// <summary>All events so far, in the order they happened.</summary>
    public async Task<IReadOnlyList<JsonObject>> EventsAsync(string id, CancellationToken cancellationToken)
    {
        List<JsonObject> events = [];
        var path = $"migrations/{id}/events?limit=100";
        while (true)
        {
            var page = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
            events.AddRange(page["data"]!.AsArray().Select(e => e!.AsObject()));
            if (page["next_cursor"]?.GetValue<string>() is not { } cursor)
            {
                return events;
            }

            path = $"migrations/{id}/events?limit=100&cursor={Uri.EscapeDataString(cursor)}";
        }
    }

    /// <summary>The history's newest rollback of that migration.</summary>
    public async Task<JsonObject> RollbackOfAsync(string id, CancellationToken cancellationToken)
    {
        var page = await SendAsync(HttpMethod.Get, $"rollbacks?migration_id={id}", null, cancellationToken);
        return page["data"]!.AsArray().Select(r => r!.AsObject()).FirstOrDefault(r => r["migration_id"]!.GetValue<string>() == id)
            ?? throw new JobException($"The history of rollbacks does not hold {id}.");
    }

    private Task<JsonObject> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, body, cancellationToken);

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, Root + path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new JobException($"{method} /{Root}{path} answered {(int)response.StatusCode}: {text}");
        }

        return JsonNode.Parse(text)!.AsObject();
    }
}

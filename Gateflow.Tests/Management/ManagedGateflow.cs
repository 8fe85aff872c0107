using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Management;

/// <summary>The program with the simulator as its only provider, driven by the management API and an application's key.</summary>
public sealed class ManagedGateflow : IAsyncDisposable
{
    public const string Source = "gpt-4-32k";
    public const string Target = "gpt-4o";

    private ManagedGateflow(GateflowHost host, SimulatorHost simulator) => (Host, Simulator) = (host, simulator);

    public GateflowHost Host { get; }

    public SimulatorHost Simulator { get; }

    public static async Task<ManagedGateflow> StartAsync(IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        var simulator = await SimulatorHost.StartAsync();
        Dictionary<string, string?> all = new()
        {
            ["Gateflow:Providers:sim:Type"] = "OpenAICompatible",
            ["Gateflow:Providers:sim:BaseUrl"] = simulator.BaseUrl.ToString(),
            ["Gateflow:Providers:sim:Models:0"] = Source,
            ["Gateflow:Providers:sim:Models:1"] = Target,
            ["Gateflow:Providers:sim:Models:2"] = "claude-3-5-sonnet",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>())
        {
            all[key] = value;
        }

        return new ManagedGateflow(await GateflowHost.StartAsync(all, services: services), simulator);
    }

    /// <summary>One call of the management API: status and body.</summary>
    public async Task<(HttpStatusCode Status, JsonObject Body)> CallAsync(string method, string path, string? json = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/management" + path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var response = await (client ?? Host.Client).SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? [] : (JsonObject)JsonNode.Parse(text)!);
    }

    /// <summary>One call that must succeed.</summary>
    public async Task<JsonObject> MustAsync(string method, string path, string? json = null)
    {
        var (status, body) = await CallAsync(method, path, json);
        Assert.True((int)status is >= 200 and < 300, $"{method} {path}: {(int)status} {body.ToJsonString()}");
        return body;
    }

    /// <summary>A draft with a target, ready to be executed.</summary>
    public async Task<string> DraftAsync(string configuration = "{}", string source = Source, string target = Target)
    {
        var created = await MustAsync("POST", "/migrations", $$"""{"source_model": "{{source}}", "target_model": "{{target}}"}""");
        var id = Text(created, "migration_id");
        await MustAsync("PATCH", $"/migrations/{id}", configuration);
        return id;
    }

    /// <summary>A client that carries a new application's key.</summary>
    public async Task<HttpClient> ApplicationAsync()
    {
        var key = await MustAsync("POST", "/api-keys", """{"name": "app", "feature": "chatbot"}""");
        return Host.CreateClient(Text(key, "key"));
    }

    /// <summary>One chat completion of the source model.</summary>
    public static async Task<HttpResponseMessage> AskAsync(HttpClient client, string user, string model = Source)
    {
        using var content = new StringContent(
            $$"""{"model": "{{model}}", "user": "{{user}}", "messages": [{"role": "user", "content": "What is the capital of {{user}}?"}]}""", Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    /// <summary>Turns the recorder until a condition holds: a request is recorded after its last byte, so perhaps after its caller has the answer.</summary>
    public Task RecordedAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "") => Wait.UntilAsync(
        async () =>
        {
            await Host.Get<RecorderWriter>().RunOnceAsync(TestContext.Current.CancellationToken);
            return await condition();
        },
        what: what);

    /// <summary>Turns the recorder until so many requests are counted in the hours.</summary>
    public Task RecordedAsync(int requests) => RecordedAsync(async () =>
    {
        await using var db = await Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        return await db.UsageRollups.SumAsync(r => r.Requests, TestContext.Current.CancellationToken) == requests;
    });

    public static string Text(JsonNode body, string field) => body[field]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Simulator.DisposeAsync();
    }
}

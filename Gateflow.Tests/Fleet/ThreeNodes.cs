using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Management;
using Gateflow.Tests.Simulator;
using Gateflow.Tests.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Fleet;

/// <summary>Three nodes on one PostgreSQL database before one provider, all in this process.</summary>
internal sealed class ThreeNodes : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, string?> _settings;
    private readonly GateflowHost[] _nodes = new GateflowHost[3];

    private ThreeNodes(SimulatorHost simulator, Dictionary<string, string?> settings) => (Simulator, _settings) = (simulator, settings);

    public SimulatorHost Simulator { get; }

    public IReadOnlyList<GateflowHost> All => _nodes;

    public static async Task<ThreeNodes> StartAsync(PostgreSqlServer server, params string[] roles)
    {
        var simulator = await SimulatorHost.StartAsync();
        var nodes = new ThreeNodes(simulator, new Dictionary<string, string?>
        {
            ["Gateflow:Database:Provider"] = "PostgreSql",
            ["ConnectionStrings:Gateflow"] = server.NewDatabase(),
            ["Gateflow:KeysDirectory"] = Directory.CreateTempSubdirectory("gateflow-keys-").FullName,
            ["Gateflow:Breaker:Enabled"] = "false",
            ["Gateflow:Providers:sim:Type"] = "OpenAICompatible",
            ["Gateflow:Providers:sim:BaseUrl"] = simulator.BaseUrl,
            ["Gateflow:Providers:sim:Models:0"] = ManagedGateflow.Source,
            ["Gateflow:Providers:sim:Models:1"] = ManagedGateflow.Target,
        });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(i => nodes.StartAsync(i, roles.ElementAtOrDefault(i))));
        return nodes;
    }

    /// <summary>Starts a node, also one that was stopped: it has its name again.</summary>
    public async Task StartAsync(int node, string? roles = null) => _nodes[node] = await GateflowHost.StartAsync(
        new Dictionary<string, string?>(_settings) { ["Gateflow:Node"] = $"node{node}", ["Gateflow:Roles"] = roles });

    public ValueTask StopAsync(int node) => _nodes[node].DisposeAsync();

    /// <summary>Starts a migration by the first node and waits until every gateway routes and judges it. Its id.</summary>
    public async Task<string> MigrateAsync(string configuration)
    {
        var created = await CallAsync(0, "POST", "migrations", $$"""{"source_model": "{{ManagedGateflow.Source}}", "target_model": "{{ManagedGateflow.Target}}"}""");
        var id = ManagedGateflow.Text(created, "migration_id");
        await CallAsync(0, "PATCH", $"migrations/{id}", configuration);
        await CallAsync(0, "POST", $"migrations/{id}/execute");
        foreach (var node in _nodes)
        {
            await RoutedAsync(node, id, routed: true);
            await node.Get<RolloutController>().RunOnceAsync(TestContext.Current.CancellationToken);
        }

        return id;
    }

    /// <summary>Waits until a node routes a migration, or no longer does.</summary>
    public static async Task RoutedAsync(GateflowHost node, string id, bool routed)
    {
        var routes = node.Get<Routes>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        routes.Changed += Look;
        Look();
        await done.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        routes.Changed -= Look;

        void Look()
        {
            if (routes.Current.Migrations.Values.SelectMany(r => r).Any(r => r.MigrationId == id) == routed)
            {
                done.TrySetResult();
            }
        }
    }

    /// <summary>
    /// Stores what every gateway has seen, then lets every node decide until nothing waits: a turn that meets the node's own one leaves the lease to it.
    /// </summary>
    public async Task TurnAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        foreach (var node in _nodes)
        {
            await node.Get<RecorderWriter>().RunOnceAsync(cancellationToken);
        }

        await using var db = await _nodes[0].Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(cancellationToken);
        var start = TimeProvider.System.GetTimestamp();
        do
        {
            foreach (var node in _nodes)
            {
                await node.Get<RolloutController>().RunOnceAsync(cancellationToken);
            }
        }
        while (await db.OutcomeBatches.AnyAsync(cancellationToken) && TimeProvider.System.GetElapsedTime(start) < Patience);
    }

    /// <summary>One call of a node's management API that must succeed.</summary>
    public async Task<JsonObject> CallAsync(int node, string method, string path, string json = "{}")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/management/" + path);
        if (method != "GET")
        {
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        }

        using var response = await _nodes[node].Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return (JsonObject)JsonNode.Parse(text)!;
    }

    public async Task<IReadOnlyList<string>> EventsAsync(string id) =>
        [.. (await CallAsync(0, "GET", $"migrations/{id}/events?limit=200"))["data"]!.AsArray().Select(e => ManagedGateflow.Text(e!, "type"))];

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await Simulator.DisposeAsync();
        Directory.Delete(_settings["Gateflow:KeysDirectory"]!, recursive: true);
    }
}

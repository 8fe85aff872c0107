using System.Text.Json.Nodes;
using Gateflow.Tests.Management;
using Gateflow.Tests.Simulator;
using Gateflow.Tests.Storage;

namespace Gateflow.Tests.Fleet;

/// <summary>The short form of the benchmark "nodes-faults": three processes, each killed once.</summary>
public sealed class KilledNodesTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Canary_EachNodeKilledOnce_TakesEachStepOnceAndLosesNoRequest()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var data = Directory.CreateTempSubdirectory("gateflow-nodes-").FullName;
        Dictionary<string, string?> settings = new()
        {
            ["Gateflow:Database:Provider"] = "PostgreSql",
            ["ConnectionStrings:Gateflow"] = server.NewDatabase(),
            ["Gateflow:KeysDirectory"] = Path.Combine(data, "keys"),
            ["Gateflow:Providers:sim:Type"] = "OpenAICompatible",
            ["Gateflow:Providers:sim:BaseUrl"] = simulator.BaseUrl,
            ["Gateflow:Providers:sim:Models:0"] = ManagedGateflow.Source,
            ["Gateflow:Providers:sim:Models:1"] = ManagedGateflow.Target,
        };
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(StartAsync));
        try
        {
            var id = ManagedGateflow.Text(
                await CallAsync(nodes[0], "POST", "migrations", $$"""{"source_model": "{{ManagedGateflow.Source}}", "target_model": "{{ManagedGateflow.Target}}"}"""), "migration_id");
            await CallAsync(nodes[0], "PATCH", $"migrations/{id}", """
                {"strategy": "steps", "steps": [{"weight": 25, "hold_minutes": 0.02}, {"weight": 50, "hold_minutes": 0.02}, {"weight": 75, "hold_minutes": 0.02}, {"weight": 100, "hold_minutes": 0.02}],
                 "min_samples": 20, "soak_minutes": 0.01, "sticky_by": "request"}
                """);
            await CallAsync(nodes[0], "POST", $"migrations/{id}/execute");
            List<double> steps = [];
            for (var killed = 0; !(await EventsAsync(id)).Exists(e => Type(e) == "completed");)
            {
                foreach (var node in nodes)
                {
                    using var answer = await ManagedGateflow.AskAsync(node.Client, "user");
                    answer.EnsureSuccessStatusCode();
                }

                steps = (await EventsAsync(id)).Where(e => Type(e) is "started" or "step_advanced").Select(e => e["data"]!["weight"]!.GetValue<double>()).ToList();
                if (steps.Count > killed && killed < nodes.Length)
                {
                    await nodes[killed].DisposeAsync();
                    nodes[killed] = await StartAsync(killed++);
                }
            }

            Assert.Equal([25, 50, 75, 100], steps);
            var events = await EventsAsync(id);
            Assert.Single(events, e => Type(e) == "completed");
            Assert.Equal(events.Count, events.Select(e => ManagedGateflow.Text(e, "id")).Distinct().Count());
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }

            Directory.Delete(data, recursive: true);
        }

        Task<NodeProcess> StartAsync(int number) => NodeProcess.StartAsync(new Dictionary<string, string?>(settings)
        {
            ["Gateflow:Node"] = $"node{number}", ["Gateflow:DataDirectory"] = Path.Combine(data, $"{number}"),
        });

        async Task<List<JsonNode>> EventsAsync(string id) => [.. (await CallAsync(nodes[0], "GET", $"migrations/{id}/events?limit=200"))["data"]!.AsArray().Select(e => e!)];
    }

    private static string Type(JsonNode e) => ManagedGateflow.Text(e, "type");

    private static async Task<JsonObject> CallAsync(NodeProcess node, string method, string path, string json = "{}")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/management/" + path);
        if (method != "GET")
        {
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        }

        using var response = await node.Client.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return (JsonObject)JsonNode.Parse(text)!;
    }
}

using Gateflow.Core.Rollout;
using Gateflow.Tests.Management;
using Gateflow.Tests.Storage;

namespace Gateflow.Tests.Fleet;

public sealed class ThreeNodesTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    private const string Half = """
        {"strategy": "steps", "steps": [{"weight": 50, "hold_minutes": 300}, {"weight": 100, "hold_minutes": 300}],
         "sticky_by": "request", "rollback_threshold": {"error_rate": 0.05}}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RollBack_ByOneNode_IsInForceOnAll()
    {
        await using var nodes = await ThreeNodes.StartAsync(server);
        var id = await nodes.MigrateAsync(Half);

        await nodes.CallAsync(1, "POST", $"migrations/{id}/rollback", """{"reason": "test"}""");

        foreach (var node in nodes.All)
        {
            await ThreeNodes.RoutedAsync(node, id, routed: false);
        }
    }

    [Fact]
    public async Task Failures_TooFewOnEachNode_RollBackForTheFleetOnce()
    {
        await using var nodes = await ThreeNodes.StartAsync(server);
        var id = await nodes.MigrateAsync(Half);
        await nodes.Simulator.SetAsync(ManagedGateflow.Target, new { error_rate = 1.0 });

        foreach (var (place, node) in nodes.All.Index())
        {
            var failed = 0;
            for (var i = 0; failed < 2 && i < 60; i++)
            {
                using var answer = await ManagedGateflow.AskAsync(node.Client, $"user {place} {i}"); // one that fails everywhere counts once
                failed += answer.Headers.GetValues("x-gateflow-arm").Single() == "target" ? 1 : 0;
            }

            Assert.Null(node.Get<Judge>().Read(id)?.Breach);
        }

        await nodes.TurnAsync();

        foreach (var node in nodes.All)
        {
            await ThreeNodes.RoutedAsync(node, id, routed: false);
        }

        await nodes.TurnAsync();
        var events = await nodes.EventsAsync(id);
        Assert.Single(events, "rolled_back");
        Assert.Equal(3, (await nodes.CallAsync(2, "GET", $"rollbacks?migration_id={id}"))["data"]![0]!["detection_requests"]!.GetValue<int>());
    }

    [Fact]
    public async Task Restart_OfANode_LosesAndDoublesNoEvidence()
    {
        await using var nodes = await ThreeNodes.StartAsync(server);
        var id = await nodes.MigrateAsync(Half);
        for (var round = 0; round < 3; round++)
        {
            foreach (var node in nodes.All)
            {
                for (var i = 0; i < 5; i++)
                {
                    using var answer = await ManagedGateflow.AskAsync(node.Client, $"user {round} {i}");
                    answer.EnsureSuccessStatusCode();
                }
            }

            await nodes.StopAsync(round); // its last turn stores what it has
            await nodes.StartAsync(round);
            await nodes.All[round].Get<RolloutController>().RunOnceAsync(Token);
        }

        await nodes.TurnAsync();

        var state = await nodes.All[0].Get<FleetEvidence>().StateAsync(id, Token);
        Assert.Equal((45L, 45L), (state!.Sequence, state.Split!.Units)); // each request a unit of its own
        var view = await nodes.CallAsync(1, "GET", $"migrations/{id}");
        Assert.Equal(state.StepTargetOutcomes, view["verdicts"]![0]!["samples"]!.GetValue<long>());
    }

    [Fact]
    public async Task Roles_DividedOverThreeNodes_EachDoesItsPartAndSaysSo()
    {
        await using var nodes = await ThreeNodes.StartAsync(server, "Dashboard", "Gateway", "Controller");

        var said = new List<string>();
        foreach (var node in nodes.All)
        {
            said.Add(await node.Client.GetStringAsync(new Uri("/health", UriKind.Relative), Token));
        }

        Assert.Equal(
            [
                """{"status":"healthy","node":"node0","roles":["dashboard"]}""",
                """{"status":"healthy","node":"node1","roles":["gateway"]}""",
                """{"status":"healthy","node":"node2","roles":["controller"]}""",
            ], said);
        var id = await nodes.MigrateAsync(Half);
        using var answer = await ManagedGateflow.AskAsync(nodes.All[1].Client, "user");
        answer.EnsureSuccessStatusCode();
        using var pages = await nodes.All[1].Client.GetAsync(new Uri($"/v1/management/migrations/{id}", UriKind.Relative), Token);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, pages.StatusCode);
        using var refused = await ManagedGateflow.AskAsync(nodes.All[0].Client, "user");
        Assert.False(refused.IsSuccessStatusCode);

        await nodes.TurnAsync();

        Assert.Equal(1, (await nodes.All[2].Get<FleetEvidence>().StateAsync(id, Token))!.Sequence);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Drills;

/// <summary>A rollback is practised by one call, and nothing real is touched by it.</summary>
public sealed class DrillApiTests
{
    private const string Limits = """{"canary_percentage": 50, "rollback_threshold": {"error_rate": 0.05, "latency_p99_increase": 2.0, "quality_score_drop": 0.1}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{}""", "error_rate", 2, 8)]
    [InlineData("""{"failure_rate": 0.3}""", "error_rate", 5, 120)]
    [InlineData("""{"kind": "latency"}""", "latency_p99_increase", 3, 720)]
    [InlineData("""{"kind": "quality"}""", "quality_score_drop", 3, 330)]
    public async Task Drill_OnADraft_DetectsAndPutsBack(string body, string guardrail, long fewest, long most)
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync(Limits);

        var drill = await gateflow.MustAsync("POST", $"/migrations/{id}/drill", body);

        Assert.Equal((true, true, guardrail), (drill["detected"]!.GetValue<bool>(), drill["in_force"]!.GetValue<bool>(), ManagedGateflow.Text(drill, "guardrail")));
        Assert.InRange(drill["detection_requests"]!.GetValue<long>(), fewest, most);
        Assert.Equal(50, drill["traffic_on_target"]!.GetValue<double>());
        var perRequest = drill["detection_seconds"]!.GetValue<double>() / (drill["detection_requests"]!.GetValue<long>() - 1);
        Assert.InRange(perRequest, 8, 30); // 600 an hour, half of them on the target: one in 12 s
        Assert.InRange(drill["effect_ms"]!.GetValue<double>(), 0, 1000);
        Assert.Equal(0, drill["lost"]!.GetValue<long>());
        if (guardrail == "error_rate")
        {
            Assert.True(drill["answered_by_source"]!.GetValue<long>() >= 2);
        }

        Assert.Equal(ManagedGateflow.Text(drill, "drill_id"), ManagedGateflow.Text((await gateflow.MustAsync("GET", $"/migrations/{id}/drills"))["data"]![0]!, "drill_id"));
        Assert.Empty(await gateflow.Simulator.RequestsAsync());
        Assert.Equal("draft", ManagedGateflow.Text(await gateflow.MustAsync("GET", $"/migrations/{id}"), "status"));
    }

    [Fact]
    public async Task Drill_OnARunningMigration_LeavesEvidenceRoutesAndRollupsAlone()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        var id = await gateflow.DraftAsync(Limits);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        for (var i = 0; i < 20; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {i}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await gateflow.RecordedAsync(20);
        var judge = gateflow.Host.Get<Judge>();
        var before = System.Text.Json.JsonSerializer.Serialize(judge.Snapshot(id));
        var asked = (await gateflow.Simulator.RequestsAsync()).Count;

        var drill = await gateflow.MustAsync("POST", $"/migrations/{id}/drill");

        Assert.True(drill["detected"]!.GetValue<bool>() && drill["in_force"]!.GetValue<bool>());
        Assert.Equal(before, System.Text.Json.JsonSerializer.Serialize(judge.Snapshot(id)));
        Assert.Equal(asked, (await gateflow.Simulator.RequestsAsync()).Count);
        Assert.Equal(5000, gateflow.Host.Get<Gateflow.Core.Routing.Routes>().Current.Migrations[ManagedGateflow.Source].Single().Weight);
        await gateflow.Host.Get<RecorderWriter>().RunOnceAsync(Token);
        await using var db = gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContext();
        Assert.Equal(20, await db.ArmWindows.Where(w => w.Seconds == WindowKey.Life).SumAsync(w => w.Requests, Token));
        Assert.Equal(20, await db.Requests.CountAsync(Token));
        Assert.Empty(await db.Alerts.ToListAsync(Token));
        var metrics = await gateflow.Host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.DoesNotContain("drill", metrics, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("in_progress", ManagedGateflow.Text(await gateflow.MustAsync("GET", $"/migrations/{id}"), "status"));
    }

    [Fact]
    public async Task Drill_AutomaticRollbackOff_SaysThatAPersonMust()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync("""{"auto_rollback": false, "rollback_threshold": {"error_rate": 0.05}}""");

        var drill = await gateflow.MustAsync("POST", $"/migrations/{id}/drill");

        Assert.Equal((true, false), (drill["detected"]!.GetValue<bool>(), drill["in_force"]!.GetValue<bool>()));
        Assert.Contains("person", ManagedGateflow.Text(drill, "sentence"), StringComparison.Ordinal);
        var unarmed = await gateflow.MustAsync("POST", $"/migrations/{id}/drill", """{"kind": "latency", "requests": 1000}""");
        Assert.False(unarmed["detected"]!.GetValue<bool>());
        Assert.Contains("No guardrail watches", ManagedGateflow.Text(unarmed, "sentence"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"failure_rate": 0}""", 422, "failure_rate")]
    [InlineData("""{"failure_rate": 1.5}""", 422, "failure_rate")]
    [InlineData("""{"requests": 5000000}""", 422, "requests")]
    [InlineData("""{"kind": "earthquake"}""", 422, "kind")]
    public async Task Drill_Wrong_NamesTheField(string body, int status, string param)
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();

        var (answered, error) = await gateflow.CallAsync("POST", $"/migrations/{id}/drill", body);

        Assert.Equal((status, param), ((int)answered, ManagedGateflow.Text(error["error"]!, "param")));
    }
}

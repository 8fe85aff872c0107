using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Live;
using Gateflow.Tests.Management;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Shadow;

/// <summary>Shadow migrations that really run: traffic by HTTP, controller, database.</summary>
public sealed class ShadowRunTests
{
    [Fact]
    public async Task Shadow_Over_PausesAndResumeStartsTheCanary()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var gateflow = await ManagedGateflow.StartAsync(services: s => s.AddSingleton<TimeProvider>(clock));
        using var application = await gateflow.ApplicationAsync();
        var id = await gateflow.DraftAsync("""{"strategy": "shadow", "duration_hours": 1, "mirror": {"percentage": 100, "max_cost": 5}, "canary_percentage": 20}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");

        for (var i = 0; i < 10; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {i}");
            Assert.Equal((HttpStatusCode.OK, ManagedGateflow.Source), (answer.StatusCode, answer.Headers.GetValues("x-gateflow-model").Single()));
        }

        await Wait.UntilAsync(async () => Number((await gateflow.MustAsync("GET", $"/migrations/{id}"))["shadow"]!, "delivered") == 10);
        clock.Advance(TimeSpan.FromHours(1));
        await Wait.UntilAsync(async () =>
        {
            await gateflow.Host.Get<RolloutController>().RunOnceAsync(TestContext.Current.CancellationToken);
            return ManagedGateflow.Text(await gateflow.MustAsync("GET", $"/migrations/{id}"), "status") == "paused";
        });
        var over = await gateflow.MustAsync("GET", $"/migrations/{id}");
        Assert.Equal("shadow_done", ManagedGateflow.Text(over["progress"]!, "hold_reason"));
        Assert.Equal("The shadow phase is over. Resume starts the rollout at 20 %.", ManagedGateflow.Text(over, "sentence"));
        var shadow = over["shadow"]!;
        Assert.Equal(
            (10, 10, 0, 0, 5m, false),
            (Number(shadow, "queued"), Number(shadow, "delivered"), Number(shadow, "failed"), Number(shadow, "dropped"), shadow["max_cost"]!.GetValue<decimal>(), shadow["mirroring"]!.GetValue<bool>()));
        Assert.True(shadow["cost"]!.GetValue<decimal>() > 0 && shadow["similarity"]!.GetValue<double>() > 0 && shadow["alarm"] is null);
        await gateflow.RecordedAsync(async () =>
        {
            var metrics = (await gateflow.MustAsync("GET", $"/migrations/{id}"))["metrics"]!;
            return (Number(metrics, "source_requests"), Number(metrics, "target_requests")) == (10, 0);
        });
        Assert.Equal(10, (await gateflow.Simulator.RequestsAsync(ManagedGateflow.Target)).Count);
        using (var unmirrored = await ManagedGateflow.AskAsync(application, "late"))
        {
            Assert.Equal(HttpStatusCode.OK, unmirrored.StatusCode);
        }

        var resumed = await gateflow.MustAsync("POST", $"/migrations/{id}/resume");

        Assert.Equal(("in_progress", 20.0), (ManagedGateflow.Text(resumed, "status"), resumed["progress"]!["traffic_on_target"]!.GetValue<double>()));
        Assert.Equal(10, Number((await gateflow.MustAsync("GET", $"/migrations/{id}"))["shadow"]!, "queued"));
        var types = (await gateflow.MustAsync("GET", $"/migrations/{id}/events"))["data"]!.AsArray().Select(e => ManagedGateflow.Text(e!, "type")).ToList();
        Assert.Equal(["held", "paused", "resumed", "step_advanced"], types[^4..]);
    }

    [Fact]
    public async Task Shadow_DeadTarget_IsRolledBackAndNoCallerNotices()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        var id = await gateflow.DraftAsync("""{"strategy": "shadow", "duration_hours": 24, "rollback_threshold": {"error_rate": 0.05}}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.Simulator.SetAsync(ManagedGateflow.Target, new { error_rate = 1.0, error_status = 500 });

        for (var i = 0; i < 10; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {i}");
            Assert.Equal((HttpStatusCode.OK, ManagedGateflow.Source), (answer.StatusCode, answer.Headers.GetValues("x-gateflow-model").Single()));
        }

        await UntilAsync(gateflow, id, m => ManagedGateflow.Text(m, "status") == "rolled_back");
        var history = (await gateflow.MustAsync("GET", "/rollbacks"))["data"]![0]!;
        Assert.Equal((true, "error_rate", 0.0), (history["automatic"]!.GetValue<bool>(), ManagedGateflow.Text(history, "guardrail"), history["traffic_at_rollback"]!.GetValue<double>()));
    }

    [Fact]
    public async Task OwnSteps_Mirror_CopiesTheRequestsThatStayOnTheSource()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        var id = await gateflow.DraftAsync("""{"strategy": "steps", "steps": [{"weight": 50, "hold_minutes": 60, "mirror": 100}]}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        var onSource = 0;

        for (var i = 0; i < 20; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {i}");
            onSource += answer.Headers.GetValues("x-gateflow-arm").Single() == "source" ? 1 : 0;
        }

        Assert.InRange(onSource, 1, 19);
        Assert.Equal(onSource, Number((await gateflow.MustAsync("GET", $"/migrations/{id}"))["shadow"]!, "queued"));
    }

    [Fact]
    public async Task Execute_BudgetWithoutAPrice_IsRefused()
    {
        await using var gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?> { ["Gateflow:Providers:sim:Models:3"] = "house-model" });
        var id = await gateflow.DraftAsync("""{"strategy": "shadow", "mirror": {"percentage": 100, "max_cost": 1}}""", target: "house-model");

        var (status, body) = await gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "mirror.max_cost"), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    [Fact]
    public async Task Execute_BudgetWithAPriceOfTheProvidersOwn_IsTaken()
    {
        const string target = "gpt-5-codex-mini"; // its vendor's price is unknown
        await using var gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?> { ["Gateflow:Providers:sim:Models:3"] = target });
        await gateflow.MustAsync("POST", "/models", $$$"""{"provider": "sim", "id": "{{{target}}}", "price": {"input": 1, "output": 2}}""");
        var id = await gateflow.DraftAsync("""{"strategy": "shadow", "mirror": {"percentage": 100, "max_cost": 1}}""", target: target);

        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
    }

    private static int Number(JsonNode json, string field) => json[field]!.GetValue<int>();

    /// <summary>Waits by the feed's signals.</summary>
    private static async Task UntilAsync(ManagedGateflow gateflow, string id, Func<JsonObject, bool> reached)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var watching = gateflow.Host.Get<MigrationFeed>().Subscribe(id, async _ =>
        {
            if (reached(await gateflow.MustAsync("GET", $"/migrations/{id}")))
            {
                done.TrySetResult();
            }
        });
        if (!reached(await gateflow.MustAsync("GET", $"/migrations/{id}")))
        {
            await done.Task.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        }
    }
}

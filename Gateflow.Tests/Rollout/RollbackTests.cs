using System.Net;
using Gateflow.Tests.Management;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Rollout;

/// <summary>Rollbacks by the very program over real HTTP.</summary>
public sealed class RollbackTests
{
    [Fact]
    public async Task Rollback_WithARequestInFlight_LetsItFinishAndSendsTheNextToTheSource()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        upstream.Answer = async (http, model) =>
        {
            if (model == ManagedGateflow.Target)
            {
                arrived.TrySetResult();
                await release.Task;
            }

            await FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));
        };
        await using var gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?> { ["Gateflow:Providers:sim:BaseUrl"] = upstream.BaseUrl.ToString() });
        using var application = await gateflow.ApplicationAsync();
        var id = await gateflow.DraftAsync("""{"strategy": "instant", "soak_minutes": 60}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");

        var inFlight = ManagedGateflow.AskAsync(application, "early");
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "now"}""");
        using var next = await ManagedGateflow.AskAsync(application, "late");
        release.TrySetResult();
        using var finished = await inFlight;

        Assert.Equal((HttpStatusCode.OK, ManagedGateflow.Source), (next.StatusCode, next.Headers.GetValues("x-gateflow-model").Single()));
        Assert.Equal((HttpStatusCode.OK, ManagedGateflow.Target), (finished.StatusCode, finished.Headers.GetValues("x-gateflow-model").Single()));
    }

    [Fact]
    public async Task Rollback_FromCompletedWhoseSourceNobodyServes_IsRefusedAndTheTargetServesOn()
    {
        var data = Directory.CreateTempSubdirectory("gateflow-rollback-").FullName;
        string id;
        await using (var gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?> { ["Gateflow:DataDirectory"] = data }))
        {
            id = await gateflow.DraftAsync("""{"strategy": "instant", "min_samples": 0, "soak_minutes": 0, "rollback_threshold": {}}""");
            await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
            var controller = gateflow.Host.Get<Gateflow.Core.Rollout.RolloutController>();
            for (var turn = 0; turn < 3; turn++)
            {
                await controller.RunOnceAsync(TestContext.Current.CancellationToken);
            }

            Assert.Equal("completed", ManagedGateflow.Text(await gateflow.MustAsync("GET", $"/migrations/{id}"), "status"));
        }

        await using (var gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?>
        {
            ["Gateflow:DataDirectory"] = data, ["Gateflow:Providers:sim:Models:0"] = ManagedGateflow.Target,
        }))
        {
            using var application = await gateflow.ApplicationAsync();

            var (status, body) = await gateflow.CallAsync("POST", $"/migrations/{id}/rollback", """{"reason": "second thoughts"}""");

            Assert.Equal((HttpStatusCode.Conflict, "source_not_served"), (status, ManagedGateflow.Text(body["error"]!, "code")));
            Assert.Contains(ManagedGateflow.Source, ManagedGateflow.Text(body["error"]!, "message"), StringComparison.Ordinal);
            using var served = await ManagedGateflow.AskAsync(application, "anna");
            Assert.Equal((HttpStatusCode.OK, ManagedGateflow.Target), (served.StatusCode, served.Headers.GetValues("x-gateflow-model").Single()));
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(data, recursive: true);
    }
}

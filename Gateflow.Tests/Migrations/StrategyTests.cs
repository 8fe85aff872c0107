using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Tests.Management;

namespace Gateflow.Tests.Migrations;

/// <summary>Hours, approvals, overlap and editing of migrations that run, by the API.</summary>
public sealed class StrategyTests
{
    [Fact]
    public async Task Execute_TwoOnTheSameTrafficAtOnce_OneStartsAndTheOtherNamesIt()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        for (var round = 0; round < 10; round++)
        {
            string[] ids = [await gateflow.DraftAsync(), await gateflow.DraftAsync(target: "claude-3-5-sonnet")];

            var answers = await Task.WhenAll(ids.Select(id => gateflow.CallAsync("POST", $"/migrations/{id}/execute")));

            var winner = Array.FindIndex(answers, a => a.Status == HttpStatusCode.OK);
            var loser = answers[1 - winner];
            Assert.Equal((HttpStatusCode.Conflict, "overlapping_migration"), (loser.Status, ManagedGateflow.Text(loser.Body["error"]!, "code")));
            Assert.Contains(ids[winner], ManagedGateflow.Text(loser.Body["error"]!, "message"), StringComparison.Ordinal);
            await gateflow.MustAsync("POST", $"/migrations/{ids[winner]}/rollback", """{"reason": "next round"}""");
            await gateflow.MustAsync("POST", $"/migrations/{ids[1 - winner]}/cancel");
        }
    }

    [Fact]
    public async Task Blackout_ExecuteWaits_RaisingTakesAReasonAndRollbackNone()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        var id = await gateflow.DraftAsync($$"""{"blackouts": [{"from": "{{now.AddHours(-1):O}}", "to": "{{now.AddDays(1):O}}"}]}""");

        var scheduled = await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        Assert.Equal("scheduled", ManagedGateflow.Text(scheduled, "status"));
        Assert.Equal($"Starts by itself at {now.AddDays(1).UtcDateTime:yyyy-MM-dd HH:mm} UTC.", ManagedGateflow.Text(scheduled, "sentence"));
        Assert.Equal("in_progress", ManagedGateflow.Text(await gateflow.MustAsync("POST", $"/migrations/{id}/execute"), "status"));

        var (status, body) = await gateflow.CallAsync("POST", $"/migrations/{id}/advance");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "reason"), (status, ManagedGateflow.Text(body["error"]!, "param")));
        var advanced = await gateflow.MustAsync("POST", $"/migrations/{id}/advance", """{"reason": "agreed with the freeze's owner"}""");
        Assert.Equal(20, advanced["progress"]!["traffic_on_target"]!.GetValue<double>());
        Assert.Equal("rolled_back", ManagedGateflow.Text(await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "any hour"}"""), "status"));
    }

    [Fact]
    public async Task Approvals_TwoNeeded_OnePersonCannotAlone()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var made = await gateflow.MustAsync("POST", "/api-keys", """{"name": "second", "role": "operator"}""");
        using var second = gateflow.Host.CreateClient(ManagedGateflow.Text(made, "key"));
        var id = await gateflow.DraftAsync("""{"strategy": "instant", "approvals_required": 2, "min_samples": 0, "rollback_threshold": {}}""");
        var started = await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        Assert.Equal(0, started["progress"]!["traffic_on_target"]!.GetValue<double>());

        foreach (var (verb, code) in new[] { ("promote", "approval_required"), ("approve", null), ("approve", "already_approved"), ("advance", "approval_required") })
        {
            var (status, body) = await gateflow.CallAsync("POST", $"/migrations/{id}/{verb}");
            Assert.Equal((code is null ? HttpStatusCode.OK : HttpStatusCode.Conflict, code), (status, body["error"]?["code"]?.GetValue<string>()));
        }

        var progress = (JsonObject)(await gateflow.MustAsync("GET", $"/migrations/{id}"))["progress"]!;
        Assert.Equal((2, 1), (progress["approvals_needed"]!.GetValue<int>(), progress["approved_by"]!.AsArray().Count));
        var (moved, after) = await gateflow.CallAsync("POST", $"/migrations/{id}/advance", client: second);
        Assert.Equal((HttpStatusCode.OK, 100), (moved, after["progress"]!["traffic_on_target"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Patch_Paused_TightensLimitsAndMovesSteps()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.MustAsync("POST", $"/migrations/{id}/advance");
        await gateflow.MustAsync("POST", $"/migrations/{id}/pause");

        var (status, body) = await gateflow.CallAsync("PATCH", $"/migrations/{id}", """{"rollback_threshold": {"error_rate": 0.5}}""");
        Assert.Equal((HttpStatusCode.Conflict, "rollback_threshold.error_rate"), (status, ManagedGateflow.Text(body["error"]!, "param")));
        await gateflow.MustAsync("PATCH", $"/migrations/{id}", """{"rollback_threshold": {"error_rate": 0.02}, "increase_step": 40, "canary_percentage": 15}""");

        var verdict = (await gateflow.MustAsync("GET", $"/migrations/{id}"))["verdicts"]![0]!;
        Assert.Equal(0.02, verdict["limit"]!.GetValue<double>());
        var next = await gateflow.MustAsync("POST", $"/migrations/{id}/advance");
        Assert.Equal(55, next["progress"]!["traffic_on_target"]!.GetValue<double>());
    }
}

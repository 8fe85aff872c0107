using System.Net;
using System.Text.Json.Nodes;

namespace Gateflow.Tests.Management;

/// <summary>Every call of the seed document, with only host, key and id changed, answers in the documented shape.</summary>
public sealed class SeedCallsTests
{
    [Fact]
    public async Task Seed_FromUsageToRollback_AnswersAsDocumented()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        for (var i = 0; i < 30; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"country {i}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await gateflow.RecordedAsync(30);

        var created = await gateflow.MustAsync("POST", "/migrations", """{"source_model": "gpt-4-32k", "analyze": true}""");
        var id = ManagedGateflow.Text(created, "migration_id");
        Assert.StartsWith("mig_", id, StringComparison.Ordinal);
        Assert.Equal(("draft", "gpt-4-32k"), (ManagedGateflow.Text(created, "status"), ManagedGateflow.Text(created, "source_model")));
        var analysis = (JsonObject)created["analysis"]!;
        Assert.Equal(
            [("usage_period", "last_30_days"), ("total_requests", "30")],
            new[] { "usage_period", "total_requests" }.Select(f => (f, analysis[f]!.ToString())));
        AssertHas(analysis, "total_cost", "avg_input_tokens", "avg_output_tokens", "max_context_used", "features_used", "patterns");
        AssertHas((JsonObject)analysis["patterns"]!, "long_context", "short_queries");
        Assert.NotEmpty(created["recommendations"]!.AsArray());
        AssertHas((JsonObject)created["recommendations"]![0]!, "model", "score", "reasons", "considerations", "estimated_cost_change", "breakdown");

        var compatibility = await gateflow.MustAsync("POST", $"/migrations/{id}/compatibility", """{"target_model": "gpt-4o"}""");
        AssertHas(compatibility, "compatible", "checks");
        var window = compatibility["checks"]!.AsArray().Single(c => c!["feature"]!.GetValue<string>() == "context_window")!;
        Assert.Equal("pass", window["status"]!.GetValue<string>());
        Assert.Contains("fits in gpt-4o", window["detail"]!.GetValue<string>(), StringComparison.Ordinal);

        var patched = await gateflow.MustAsync("PATCH", $"/migrations/{id}", """
            {"target_model": "gpt-4o", "strategy": "canary", "canary_percentage": 10, "auto_rollback": true,
             "rollback_threshold": {"error_rate": 0.05, "latency_p99_increase": 2.0}}
            """);
        Assert.Equal(2.0, patched["rollback_threshold"]!["latency_p99_increase"]!.GetValue<double>());
        Assert.Equal(10, patched["canary_percentage"]!.GetValue<double>());

        var executed = await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        Assert.Equal("in_progress", ManagedGateflow.Text(executed, "status"));

        var status = await gateflow.MustAsync("GET", $"/migrations/{id}");
        Assert.Equal(10, status["progress"]!["traffic_on_target"]!.GetValue<double>());
        AssertHas((JsonObject)status["progress"]!, "traffic_on_target", "observed_on_target", "step", "started_at", "estimated_completion");
        AssertHas((JsonObject)status["metrics"]!, "source_error_rate", "target_error_rate", "source_latency_p99", "target_latency_p99", "source_requests", "target_requests");
        Assert.Null(status["metrics"]!["target_error_rate"]);
        Assert.Equal(["error_rate", "latency_p99_increase"], status["verdicts"]!.AsArray().Select(v => v!["guardrail"]!.GetValue<string>()));
        AssertHas((JsonObject)status["verdicts"]![0]!, "verdict", "evidence", "threshold", "samples", "needed", "detail");

        var events = await gateflow.MustAsync("GET", $"/migrations/{id}/events");
        Assert.Equal("list", ManagedGateflow.Text(events, "object"));
        var types = events["data"]!.AsArray().Select(e => e!["type"]!.GetValue<string>()).ToList();
        Assert.Equal(["created", "analyzed", "recommended", "compatibility_checked", "configured", "configured", "started"], types);
        AssertHas((JsonObject)events["data"]![0]!, "id", "type", "at", "actor", "data");

        var rolledBack = await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "Unexpected output quality issues"}""");
        Assert.Equal(("rolled_back", 0.0), (ManagedGateflow.Text(rolledBack, "status"), rolledBack["progress"]!["traffic_on_target"]!.GetValue<double>()));
        var history = (JsonObject)(await gateflow.MustAsync("GET", "/rollbacks"))["data"]![0]!;
        Assert.Equal((id, "Unexpected output quality issues", false), (ManagedGateflow.Text(history, "migration_id"), ManagedGateflow.Text(history, "reason"), history["automatic"]!.GetValue<bool>()));
    }

    [Theory]
    [InlineData("gpt-4-32k-to-gpt-4o", "gpt-4-32k", "gpt-4o")]
    [InlineData("claude-2-to-claude-3", "claude-2.0", "claude-3-sonnet-20240229")]
    public async Task Template_Named_FillsSourceAndTarget(string template, string source, string target)
    {
        await using var gateflow = await ManagedGateflow.StartAsync();

        var created = await gateflow.MustAsync("POST", "/migrations", $$"""{"template": "{{template}}"}""");

        Assert.Equal((source, target), (ManagedGateflow.Text(created, "source_model"), ManagedGateflow.Text(created, "target_model")));
        Assert.NotNull(created["analysis"]);
    }

    [Fact]
    public async Task Strategies_OfTheSeed_AreAllTaken()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();

        var nextYear = TimeProvider.System.GetUtcNow().Year + 1;

        foreach (var json in new[]
        {
            """{"strategy": "instant"}""",
            """{"strategy": "canary", "canary_percentage": 10, "increase_interval_minutes": 60, "increase_step": 10}""",
            """{"strategy": "shadow", "duration_hours": 24}""",
            $$"""{"strategy": "scheduled", "execute_at": "{{nextYear}}-04-15T02:00:00Z"}""",
            """{"auto_rollback": true, "rollback_threshold": {"error_rate": 0.05, "latency_p99_increase": 2.0, "quality_score_drop": 0.1}}""",
        })
        {
            await gateflow.MustAsync("PATCH", $"/migrations/{id}", json);
        }

        Assert.Equal("scheduled", ManagedGateflow.Text(await gateflow.MustAsync("POST", $"/migrations/{id}/execute"), "status"));
        Assert.Equal("cancelled", ManagedGateflow.Text(await gateflow.MustAsync("POST", $"/migrations/{id}/cancel"), "status"));
    }

    private static void AssertHas(JsonObject body, params string[] fields) =>
        Assert.All(fields, field => Assert.True(body.ContainsKey(field), $"{field} is missing in {body.ToJsonString()}"));
}

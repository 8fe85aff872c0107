using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Tests.Management;

namespace Gateflow.Tests.Logs;

/// <summary>From a request through the gateway to its entry in the log and its cost, by the very program.</summary>
public sealed class LogApiTests
{
    [Fact]
    public async Task Requests_AnsweredAndFailed_AreListedFilteredToldAndCosted()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var client = await gateflow.ApplicationAsync();
        var answered = await AskAsync(client, HttpStatusCode.OK);
        await gateflow.Simulator.SetAsync(ManagedGateflow.Source, new { error_rate = 1.0, error_status = 404 });
        var failed = await AskAsync(client, HttpStatusCode.NotFound);
        await gateflow.RecordedAsync(async () => (await IdsAsync(gateflow, "")).Length == 2);

        Assert.Equal([failed, answered], await IdsAsync(gateflow, ""));
        Assert.Equal([failed], await IdsAsync(gateflow, "?status=failed&feature=chatbot"));
        Assert.Equal([answered], await IdsAsync(gateflow, $"?event_type=request_completed&model={ManagedGateflow.Source}&period=1h"));
        Assert.Empty(await IdsAsync(gateflow, "?event_type=fallback_activated"));

        var first = await gateflow.MustAsync("GET", "/logs?limit=1");
        var second = await gateflow.MustAsync("GET", $"/logs?limit=1&cursor={Uri.EscapeDataString(ManagedGateflow.Text(first, "next_cursor"))}");
        Assert.Equal((answered, null), (ManagedGateflow.Text(second["data"]![0]!, "request_id"), second["next_cursor"]));

        var story = await gateflow.MustAsync("GET", $"/logs/{answered}");
        Assert.Equal(
            ("app", "chatbot", ManagedGateflow.Source, "sim", 200, 1, "request_completed", 1.0),
            (ManagedGateflow.Text(story, "key_name"), ManagedGateflow.Text(story, "feature"), ManagedGateflow.Text(story, "served_model"), ManagedGateflow.Text(story, "provider"),
                story["status"]!.GetValue<int>(), story["attempts"]!.GetValue<int>(), ManagedGateflow.Text(story, "event_type"), story["sampling_rate"]!.GetValue<double>()));
        Assert.Null(story["migration"]);
        var call = story["calls"]!.AsArray().Single()!;
        Assert.Equal((ManagedGateflow.Source, "sim", "ok", 200, true), (ManagedGateflow.Text(call, "model"), ManagedGateflow.Text(call, "provider"), ManagedGateflow.Text(call, "result"), call["status"]!.GetValue<int>(), call["was_asked"]!.GetValue<bool>()));
        Assert.InRange(call["start_ms"]!.GetValue<double>() + call["duration_ms"]!.GetValue<double>(), 0, story["duration_ms"]!.GetValue<double>() + 1);

        var lines = (await gateflow.Host.Client.GetStringAsync("/requests.csv?status=failed", TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith(failed + ",", lines[1], StringComparison.Ordinal);

        var cost = await gateflow.MustAsync("GET", "/analytics/cost?period=1d");
        Assert.Equal((2, story["cost"]!.GetValue<decimal>()), (cost["requests"]!.GetValue<int>(), cost["cost"]!.GetValue<decimal>()));
        var key = (await gateflow.MustAsync("GET", "/analytics/cost/by-key"))["data"]!.AsArray().Single()!;
        Assert.Equal(("app", 1), (ManagedGateflow.Text(key, "name"), key["errors"]!.GetValue<int>()));
        Assert.Equal("chatbot", ManagedGateflow.Text((await gateflow.MustAsync("GET", "/analytics/cost/by-feature"))["data"]![0]!, "feature"));
        Assert.Equal(2, (await gateflow.MustAsync("GET", "/analytics/cost/timeseries?period=1d&granularity=hour"))["timeseries"]!.AsArray().Sum(p => p!["requests"]!.GetValue<int>()));
        Assert.Equal(story["input_tokens"]!.GetValue<long>(), (await gateflow.MustAsync("GET", "/analytics/tokens"))["tokens"]!["input"]!["total"]!.GetValue<long>());
        Assert.Equal(2, (await gateflow.MustAsync("GET", $"/analytics/models/{ManagedGateflow.Source}"))["analysis"]!["total_requests"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("/logs?status=loud", 422, "invalid_parameter")]
    [InlineData("/logs?arm=left", 422, "invalid_parameter")]
    [InlineData("/logs?event_type=party", 422, "invalid_parameter")]
    [InlineData("/logs?period=always", 422, "invalid_parameter")]
    [InlineData("/logs?from=tomorrow", 422, "invalid_parameter")]
    [InlineData("/logs?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z", 422, "invalid_parameter")]
    [InlineData("/logs?cursor=nowhere", 422, "invalid_parameter")]
    [InlineData("/logs/req_nothing", 404, "request_not_found")]
    [InlineData("/analytics/cost?period=9999d", 422, "invalid_parameter")]
    [InlineData("/analytics/cost/timeseries?granularity=minute", 422, "invalid_parameter")]
    [InlineData("/analytics/cost/timeseries?granularity=hour&period=90d", 422, "invalid_parameter")]
    [InlineData("/analytics/cost/timeseries?by=moon", 422, "invalid_parameter")]
    [InlineData("/analytics/models/nobody-uses-it", 404, "model_not_found")]
    public async Task Call_Wrong_IsAnsweredInShape(string path, int status, string code)
    {
        await using var gateflow = await ManagedGateflow.StartAsync();

        var (answered, body) = await gateflow.CallAsync("GET", path);

        Assert.Equal((status, code), ((int)answered, ManagedGateflow.Text(body["error"]!, "code")));
    }

    private static async Task<string> AskAsync(HttpClient client, HttpStatusCode expected)
    {
        using var response = await ManagedGateflow.AskAsync(client, "anna");
        Assert.Equal(expected, response.StatusCode);
        return response.Headers.GetValues("x-gateflow-request-id").Single();
    }

    private static async Task<string[]> IdsAsync(ManagedGateflow gateflow, string query) =>
        [.. (await gateflow.MustAsync("GET", $"/logs{query}"))["data"]!.AsArray().Select(e => ManagedGateflow.Text(e!, "request_id"))];
}

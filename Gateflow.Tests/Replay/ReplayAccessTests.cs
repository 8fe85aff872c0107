using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Usage;
using Gateflow.Tests.Management;

namespace Gateflow.Tests.Replay;

/// <summary>Tests and their pairs by the very program: the contract's fields, the list over all migrations, and who may read what.</summary>
public sealed class ReplayAccessTests
{
    [Fact]
    public async Task Pairs_HoldWhatCallersWrote_SoViewersGetFiguresOnly()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var (migration, test) = await TestedAsync(gateflow, ManagedGateflow.Target);
        using var viewer = await ClientAsync(gateflow, "viewer");
        using var @operator = await ClientAsync(gateflow, "operator");
        using var application = await ClientAsync(gateflow, "application");
        var at = $"/migrations/{migration}/test/{test}";
        var pair = ((await gateflow.MustAsync("GET", at + "/pairs"))["data"]![0]!)["pair_id"]!.GetValue<string>();
        (string Method, string Path, string? Body, HttpStatusCode Viewer)[] calls =
        [
            ("GET", at, null, HttpStatusCode.OK),
            ("GET", "/tests", null, HttpStatusCode.OK),
            ("GET", $"/tests/{test}", null, HttpStatusCode.OK),
            ("GET", at + "/pairs", null, HttpStatusCode.Forbidden),
            ("PUT", $"{at}/pairs/{pair}/rating", """{"rating":"worse"}""", HttpStatusCode.Forbidden),
            ("POST", $"/migrations/{migration}/test/estimate", "{}", HttpStatusCode.Forbidden),
            ("POST", $"/migrations/{migration}/test?wait=false", "{}", HttpStatusCode.Forbidden),
        ];

        foreach (var (method, path, body, expected) in calls)
        {
            var (status, answer) = await gateflow.CallAsync(method, path, body, viewer);
            Assert.Equal((path, expected), (path, status));
            Assert.DoesNotContain("topic", answer.ToJsonString(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Forbidden, (await gateflow.CallAsync(method, path, body, application)).Status);
            Assert.True((await gateflow.CallAsync(method, path, body, @operator)).Status is HttpStatusCode.OK or HttpStatusCode.Accepted, path);
        }
    }

    [Fact]
    public async Task Tests_OfAllMigrations_AreListedNewestFirstAndFiltered()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var (first, older) = await TestedAsync(gateflow, ManagedGateflow.Target);
        var (_, newer) = await TestedAsync(gateflow, "claude-3-5-sonnet");

        Assert.Equal([newer, older], await IdsAsync(gateflow, ""));
        Assert.Equal([older], await IdsAsync(gateflow, $"?model={ManagedGateflow.Target}"));
        Assert.Equal([older], await IdsAsync(gateflow, $"?migration={first}&status=completed&verdict=review")); // six pairs are few
        Assert.Empty(await IdsAsync(gateflow, "?verdict=proceed"));
        var page = await gateflow.MustAsync("GET", "/tests?limit=1");
        var cursor = page["next_cursor"]!.GetValue<string>();
        var rest = await gateflow.MustAsync("GET", $"/tests?limit=1&cursor={cursor}");
        Assert.Equal((older, null), (rest["data"]![0]!["test_id"]!.GetValue<string>(), rest["next_cursor"]));
        foreach (var (query, param) in new[] { ("?verdict=good", "verdict"), ("?status=done", "status"), ("?cursor=5", "cursor") })
        {
            var (status, body) = await gateflow.CallAsync("GET", "/tests" + query);
            Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, body["error"]!["param"]!.GetValue<string>()));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await gateflow.CallAsync("GET", "/tests/test_0")).Status);
    }

    [Fact]
    public async Task Test_EachFieldOfTheContract_IsThereWithItsKind()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var (migration, id) = await TestedAsync(gateflow, ManagedGateflow.Target);

        var test = await gateflow.MustAsync("GET", $"/migrations/{migration}/test/{id}");

        string[] numbers =
        [
            "progress", "results.requests_tested", "results.source_model.avg_latency_ms", "results.source_model.avg_cost", "results.target_model.avg_latency_ms",
            "results.target_model.avg_cost", "results.quality_comparison.semantic_similarity", "results.quality_comparison.output_length_ratio",
            "results.quality_comparison.format_match", "results.quality_comparison.semantic_similarity_interval.low", "results.quality_comparison.output_length_ratio_interval.high",
            "results.quality_comparison.format_match_interval.low", "results.missing", "results.cost", "results.differences.latency_ratio", "results.differences.cost_interval.high",
        ];
        Assert.All(numbers, path => Assert.Equal((path, System.Text.Json.JsonValueKind.Number), (path, At(test, path)!.GetValueKind())));
        (string Path, string Value)[] texts =
        [
            ("test_id", id), ("status", "completed"), ("results.source_model.model", ManagedGateflow.Source), ("results.target_model.model", ManagedGateflow.Target),
            ("results.quality_comparison.similarity_method", "lexical"), ("results.recommendation", "review"), ("setup.compare", "both"),
        ];
        Assert.All(texts, x => Assert.Equal((x.Path, x.Value), (x.Path, At(test, x.Path)!.GetValue<string>())));
        Assert.All(test["results"]!["reasons"]!.AsArray(), reason => Assert.NotEmpty(reason!.GetValue<string>()));
        var pairs = await gateflow.MustAsync("GET", $"/migrations/{migration}/test/{id}/pairs");
        Assert.Equal("list", pairs["object"]!.GetValue<string>());
        Assert.Contains("topic", At(pairs["data"]![0]!, "prompt")!.GetValue<string>(), StringComparison.Ordinal);
        Assert.All(["source.text", "target.text"], path => Assert.NotEmpty(At(pairs["data"]![0]!, path)!.GetValue<string>()));
    }

    /// <summary>A migration of its own, tested with six requests.</summary>
    private static async Task<(string Migration, string Test)> TestedAsync(ManagedGateflow gateflow, string target)
    {
        using var client = await gateflow.ApplicationAsync();
        for (var i = 0; i < 6; i++)
        {
            using var answer = await client.PostAsync("/v1/chat/completions", new StringContent(
                $$"""{"model":"{{ManagedGateflow.Source}}","messages":[{"role":"user","content":"Explain topic {{i}} to a beginner."}]}""", System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        await gateflow.Host.Get<RecorderWriter>().RunOnceAsync(TestContext.Current.CancellationToken);
        var migration = (await gateflow.MustAsync("POST", "/migrations", $$"""{"source_model":"{{ManagedGateflow.Source}}","target_model":"{{target}}"}"""))["migration_id"]!.GetValue<string>();
        var test = await gateflow.MustAsync("POST", $"/migrations/{migration}/test?wait=true", """{"test_requests":6,"source":"recent_production"}""");
        return (migration, test["test_id"]!.GetValue<string>());
    }

    private static async Task<HttpClient> ClientAsync(ManagedGateflow gateflow, string role) =>
        gateflow.Host.CreateClient((await gateflow.MustAsync("POST", "/api-keys", $$"""{"name":"{{role}}","role":"{{role}}"}"""))["key"]!.GetValue<string>());

    private static async Task<string[]> IdsAsync(ManagedGateflow gateflow, string query) =>
        [.. (await gateflow.MustAsync("GET", "/tests" + query))["data"]!.AsArray().Select(t => t!["test_id"]!.GetValue<string>())];

    private static JsonNode? At(JsonNode node, string path) => path.Split('.').Aggregate((JsonNode?)node, (at, name) => at![name]);
}

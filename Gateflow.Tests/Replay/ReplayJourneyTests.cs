using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateflow.Core.Usage;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Evaluations;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Replay;

public sealed class ReplayJourneyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Test_OfTrafficThatWentThroughTheGateway_ReplaysIt_AndIsEvidenceForTheNextChoice()
    {
        await using var provider = await SimulatorHost.StartAsync();
        await using var host = await GateflowHost.StartAsync(new Dictionary<string, string?>
        {
            ["Gateflow:Providers:openai:Type"] = "OpenAI", ["Gateflow:Providers:openai:BaseUrl"] = provider.BaseUrl,
            ["Gateflow:Providers:openai:Models:0"] = "gpt-4", ["Gateflow:Providers:openai:Models:1"] = "gpt-4o",
        });
        for (var i = 0; i < 6; i++)
        {
            var chat = await PostAsync(host, "/v1/chat/completions", Chat.Body("gpt-4", $"Explain topic {i} to a beginner.", stream: i % 2 == 1), HttpStatusCode.OK, isStream: i % 2 == 1);
            Assert.NotNull(chat);
        }

        await host.Get<RecorderWriter>().RunOnceAsync(Token);
        var migration = (await PostAsync(host, "/v1/management/migrations", new { source_model = "gpt-4", analyze = true }, HttpStatusCode.Created))!.Value.GetProperty("migration_id").GetString();
        Assert.Null(await EvidenceAsync(host, migration!, "gpt-4o"));
        var before = (await provider.RequestsAsync()).Count;

        var test = (await PostAsync(host, $"/v1/management/migrations/{migration}/test", new { target_model = "gpt-4o", test_requests = 100, source = "recent_production" }, HttpStatusCode.OK))!.Value;

        Assert.Equal("completed", test.GetProperty("status").GetString());
        Assert.Equal(6, test.GetProperty("results").GetProperty("requests_tested").GetInt32());
        Assert.Equal("review", test.GetProperty("results").GetProperty("recommendation").GetString()); // six pairs are few
        Assert.Equal(before + 12, (await provider.RequestsAsync()).Count);
        var pairs = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/management/migrations/{migration}/test/{test.GetProperty("test_id").GetString()}/pairs", Token);
        Assert.Contains("Explain topic 3 to a beginner.", pairs.GetProperty("data").EnumerateArray().Select(p => p.GetProperty("prompt").GetString()));
        var events = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/management/migrations/{migration}/events", Token);
        Assert.Contains("tested", events.GetProperty("data").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
        await PostAsync(host, $"/v1/management/migrations/{migration}/analysis", new { }, HttpStatusCode.OK);
        Assert.Equal((0.5, "Earlier tests and migrations to it succeeded in part only (50 %)"), await EvidenceAsync(host, migration!, "gpt-4o"));
    }

    [Fact]
    public async Task Test_ProviderCountsNoTokens_KeepsWithinItsMoneyAndTellsNoCost()
    {
        await using var bench = await EvaluationBench.StartAsync();
        bench.Upstream.Answer = EvaluationBench.Uncounted;
        var set = await bench.DatasetAsync(20);
        var migration = EvaluationBench.Text(await bench.MustAsync("POST", "/migrations", """{"source_model": "gpt-4"}"""), "migration_id");

        var test = await bench.MustAsync("POST", $"/migrations/{migration}/test?wait=true",
            $$"""{"target_model": "gpt-4o", "source": "dataset", "dataset_id": "{{set}}", "test_requests": 20, "max_cost": 0.1, "concurrency": 1}""");

        var results = test["results"]!;
        Assert.InRange(results["requests_tested"]!.GetValue<int>(), 1, 5);
        Assert.Contains("the budget of 0.1 USD was reached", results["missing_reasons"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(results["cost"]);
    }

    /// <summary>The part of a candidate's score that earlier tests make up, with the consideration that tells of it.</summary>
    private static async Task<(double Part, string? Words)?> EvidenceAsync(GateflowHost host, string migration, string model)
    {
        var all = await host.Client.GetFromJsonAsync<JsonElement>($"/v1/management/migrations/{migration}/recommendations", Token);
        var candidate = all.GetProperty("recommendations").EnumerateArray().Single(r => r.GetProperty("model").GetString() == model);
        return candidate.GetProperty("breakdown").TryGetProperty("quality_evidence", out var part) && part.ValueKind == JsonValueKind.Number
            ? (part.GetDouble(), candidate.GetProperty("considerations").EnumerateArray().Select(r => r.GetString()).SingleOrDefault(r => r!.StartsWith("Earlier", StringComparison.Ordinal)))
            : null;
    }

    private static async Task<JsonElement?> PostAsync(GateflowHost host, string path, object body, HttpStatusCode expected, bool isStream = false)
    {
        using var response = await host.Client.PostAsJsonAsync(path, body, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == expected, text);
        return JsonElement.Parse(isStream ? "{}" : text);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Datasets;
using Gateflow.Tests.Evaluations;
using Gateflow.Tests.Pipeline;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Privacy;

/// <summary>What is stored of requests and answers: redacted if asked for, deleted by age and on request.</summary>
public sealed class StoredContentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Samples_RedactedBySetting_AreStoredWithoutPersonalData()
    {
        await using var bench = await EvaluationBench.StartAsync(new Dictionary<string, string?> { ["Gateflow:Samples:Redact"] = "email, card" });
        await AskAsync(bench, "I am anna@example.com, card 4111 1111 1111 1111, phone +49 30 12345678.");
        await DatasetEndpointTests.RecordedAsync(bench, 1);

        await using var db = await bench.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        var sample = await db.Samples.SingleAsync(Token);
        var protector = bench.Host.Get<ISecretProtector>();
        var stored = Encoding.UTF8.GetString(protector.Unprotect(sample.Request)) + Encoding.UTF8.GetString(protector.Unprotect(sample.Response!));

        Assert.DoesNotContain("anna@example.com", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("4111", stored, StringComparison.Ordinal);
        Assert.Contains("I am [email], card [card], phone +49 30 12345678.", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("card", Encoding.UTF8.GetString(sample.Request), StringComparison.Ordinal); // encrypted at rest
        Assert.Contains("anna@example.com", bench.Upstream.Requests.Single().Body, StringComparison.Ordinal); // the provider gets what was sent
        var told = await bench.MustAsync("GET", "/samples");
        Assert.Equal(["email", "card"], told["redact"]!.AsArray().Select(r => r!.GetValue<string>()));
        Assert.Equal(("gpt-4", 1), (EvaluationBench.Text(told["data"]![0]!, "model"), told["data"]![0]!["samples"]!.GetValue<int>()));

        var id = await bench.DatasetAsync(0);
        await bench.UploadAsync(id, """{"prompt": "Mail bob@example.com", "expected": "Sent to bob@example.com"}""");
        var item = (await bench.MustAsync("GET", $"/datasets/{id}/items"))["data"]![0]!;
        Assert.Equal(("Mail [email]", "Sent to [email]"), (EvaluationBench.Text(item, "prompt"), EvaluationBench.Text(item, "expected")));
    }

    [Fact]
    public async Task Setting_Unknown_StopsTheStart()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => EvaluationBench.StartAsync(new Dictionary<string, string?> { ["Gateflow:Samples:Redact"] = "email,shoe_size" }));

        Assert.Contains("Gateflow:Samples:Redact names 'shoe_size'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_AText_GoesFromEverywhereThatHoldsIt()
    {
        await using var bench = await EvaluationBench.StartAsync();
        await AskAsync(bench, "I am Anna Schmidt.");
        await AskAsync(bench, "I am Bob.");
        await DatasetEndpointTests.RecordedAsync(bench, 2);
        var set = EvaluationBench.Text(await bench.MustAsync("POST", "/datasets", """{"name": "copies", "samples": {"model": "gpt-4"}}"""), "dataset_id");
        await bench.RunAsync($$"""{"dataset_id": "{{set}}", "models": ["gpt-4o"], "evaluators": [{"type": "json_valid"}]}""");
        var migration = EvaluationBench.Text(await bench.MustAsync("POST", "/migrations", """{"source_model": "gpt-4"}"""), "migration_id");
        var test = EvaluationBench.Text(await bench.MustAsync("POST", $"/migrations/{migration}/test?wait=true", """{"target_model": "gpt-4o"}"""), "test_id");

        var prompt = EvaluationBench.Text(await bench.MustAsync("POST", "/prompts", """{"name": "greeting", "description": "Asked for by Anna Schmidt", "text": "Hello {{name}}."}"""), "id");
        await bench.MustAsync("POST", $"/prompts/{prompt}/versions", """{"text": "Hello Bob.", "variants": {"gpt-4o": "Write to Anna Schmidt."}, "note": "For a variant"}""");
        await bench.MustAsync("POST", $"/prompts/{prompt}/versions", """{"text": "Hello all.", "note": "Anna Schmidt wanted it"}""");

        var trial = await bench.MustAsync("POST", "/samples/erase", """{"text": "anna schmidt", "dry_run": true}""");
        Assert.Equal(2, (await bench.MustAsync("GET", $"/datasets/{set}"))["items"]!.GetValue<int>());
        var erased = await bench.MustAsync("POST", "/samples/erase", """{"text": "anna schmidt"}""");

        Assert.Equal(trial.ToJsonString(), erased.ToJsonString());
        Assert.Equal([1, 1, 1, 1, 3, 0], new[] { "samples", "pairs", "dataset_items", "evaluation_items", "prompts", "unreadable" }.Select(f => erased[f]!.GetValue<int>()));
        Assert.Equal([0, 0, 0, 0, 0, 0], (await bench.MustAsync("POST", "/samples/erase", """{"text": "anna schmidt"}""")).Select(f => f.Value!.GetValue<int>()));
        var pairs = (await bench.MustAsync("GET", $"/migrations/{migration}/test/{test}/pairs"))["data"]!.AsArray();
        Assert.Equal(["I am Bob."], pairs.Select(p => p!["prompt"]?.GetValue<string>()).OfType<string>());
        Assert.Equal(2, pairs.Count(p => p!["similarity"] is not null)); // figures stay
        Assert.Null((await bench.MustAsync("GET", $"/prompts/{prompt}"))["description"]);
        var versions = (await bench.MustAsync("GET", $"/prompts/{prompt}/versions"))["data"]!.AsArray();
        Assert.Equal([(3, "Hello all.", null), (2, "[erased]", "For a variant"), (1, "Hello {{name}}.", null)],
            versions.Select(v => (v!["version"]!.GetValue<int>(), EvaluationBench.Text(v, "text"), v["note"]?.GetValue<string>())));
        Assert.Empty(versions[1]!["variants"]!.AsObject());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await bench.CallAsync("POST", "/samples/erase", """{"text": "a"}""")).Status);
    }

    [Fact]
    public async Task Erase_ATextInJsonInAMessage_FindsIt()
    {
        await using var bench = await EvaluationBench.StartAsync();
        await AskAsync(bench, """{"name":"J\u00fcrgen"}""");
        await DatasetEndpointTests.RecordedAsync(bench, 1);

        Assert.Equal(1, (await bench.MustAsync("POST", "/samples/erase", """{"text": "Jürgen"}"""))["samples"]!.GetValue<int>());
    }

    [Fact]
    public async Task Delete_SamplesByModelFeatureAndAge_DeletesThoseOnly()
    {
        await using var bench = await EvaluationBench.StartAsync();
        await AskAsync(bench, "One", feature: "chat");
        await AskAsync(bench, "Two", feature: "search");
        await AskAsync(bench, "Three", "gpt-4o");
        await DatasetEndpointTests.RecordedAsync(bench, 3);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await bench.CallAsync("DELETE", "/samples")).Status);
        Assert.Equal(0, await DeletedAsync(bench, "before=2020-01-01T00:00:00Z"));
        Assert.Equal(1, await DeletedAsync(bench, "model=gpt-4&feature=search"));
        Assert.Equal(1, await DeletedAsync(bench, "model=gpt-4o"));
        Assert.Equal(1, await DeletedAsync(bench, "all=true"));
    }

    [Fact]
    public async Task Retention_TextsOfReplaysAndEvaluations_AreDeletedAndFiguresStay()
    {
        await using var bench = await EvaluationBench.StartAsync();
        await AskAsync(bench, "I am Anna Schmidt.");
        await DatasetEndpointTests.RecordedAsync(bench, 1);
        var set = await bench.DatasetAsync(1);
        var run = EvaluationBench.Text(await bench.RunAsync($$"""{"dataset_id": "{{set}}", "models": ["gpt-4o"], "evaluators": [{"type": "json_valid"}]}"""), "evaluation_id");
        var migration = EvaluationBench.Text(await bench.MustAsync("POST", "/migrations", """{"source_model": "gpt-4"}"""), "migration_id");
        var test = EvaluationBench.Text(await bench.MustAsync("POST", $"/migrations/{migration}/test?wait=true", """{"target_model": "gpt-4o"}"""), "test_id");
        var databases = bench.Host.Get<IDbContextFactory<GateflowDb>>();

        Assert.Equal(0, await new Retention(databases, new SamplePolicy(new SampleOptions()), TimeProvider.System).RunOnceAsync(Token));
        var later = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(31));
        var retention = new Retention(databases, new SamplePolicy(new SampleOptions()), later);
        Assert.True(await retention.RunOnceAsync(Token) > 0);
        Assert.Equal(0, await retention.RunOnceAsync(Token));

        var pair = (await bench.MustAsync("GET", $"/migrations/{migration}/test/{test}/pairs"))["data"]![0]!;
        Assert.Null(pair["prompt"]);
        Assert.Null(pair["source"]!["text"]);
        Assert.NotNull(pair["similarity"]);
        Assert.Empty((await bench.MustAsync("GET", $"/evaluations/{run}/items"))["data"]!.AsArray());
        Assert.Equal(1, (await bench.MustAsync("GET", $"/evaluations/{run}"))["results"]!["answered"]!.GetValue<int>());
        Assert.Equal(1, (await bench.MustAsync("GET", $"/datasets/{set}"))["items"]!.GetValue<int>()); // people keep sets until they delete them
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ToolCalls_OfPairs_GoWithTheTexts(bool byAge)
    {
        await using var bench = await EvaluationBench.StartAsync();
        bench.Upstream.Answer = (http, model) => FakeUpstream.Json(http, 200, $$$"""
            {"id":"c","object":"chat.completion","created":1,"model":"{{{model}}}","choices":[{"index":0,"message":{"role":"assistant","content":null,
            "tool_calls":[{"id":"t","type":"function","function":{"name":"find_parcel","arguments":"{\"customer\":\"Anna Schmidt\"}"}}]},"finish_reason":"tool_calls"}]}
            """);
        await AskAsync(bench, "Where is my parcel?");
        await DatasetEndpointTests.RecordedAsync(bench, 1);
        var migration = EvaluationBench.Text(await bench.MustAsync("POST", "/migrations", """{"source_model": "gpt-4"}"""), "migration_id");
        var test = EvaluationBench.Text(await bench.MustAsync("POST", $"/migrations/{migration}/test?wait=true", """{"target_model": "gpt-4o"}"""), "test_id");
        Assert.Equal("find_parcel", (await PairAsync())["target"]!["tool_calls"]![0]!["name"]!.GetValue<string>());
        var databases = bench.Host.Get<IDbContextFactory<GateflowDb>>();

        if (byAge)
        {
            await new Retention(databases, new SamplePolicy(new SampleOptions()), new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(31))).RunOnceAsync(Token);
        }
        else
        {
            Assert.Equal(1, (await bench.MustAsync("POST", "/samples/erase", """{"text": "anna schmidt"}"""))["pairs"]!.GetValue<int>()); // said in the arguments alone
        }

        var pair = await PairAsync();
        Assert.All(["source", "target"], side => Assert.Null(pair[side]!["tool_calls"]));
        await using var db = await databases.CreateDbContextAsync(Token);
        var row = await db.ReplayPairs.SingleAsync(Token);
        Assert.All([row.Prompt, row.SourceText, row.TargetText, row.SourceCalls, row.TargetCalls], Assert.Null);

        async Task<JsonNode> PairAsync() => (await bench.MustAsync("GET", $"/migrations/{migration}/test/{test}/pairs"))["data"]![0]!;
    }

    private static async Task<int> DeletedAsync(EvaluationBench bench, string query) => (await bench.MustAsync("DELETE", $"/samples?{query}"))["deleted"]!.GetValue<int>();

    private static async Task AskAsync(EvaluationBench bench, string prompt, string model = EvaluationBench.First, string? feature = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(new JsonObject
            {
                ["model"] = model, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
            }.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        if (feature is not null)
        {
            request.Headers.Add("x-gateflow-feature", feature);
        }

        using var response = await bench.Host.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}

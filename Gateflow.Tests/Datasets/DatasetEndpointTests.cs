using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Datasets;
using Gateflow.Core.Storage;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Datasets;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Evaluations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Datasets;

public sealed class DatasetEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_LinesOfEveryKindAndBrokenOnes_AddsTheGoodAndNamesTheOthers()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var id = await bench.DatasetAsync(0);
        var long_ = new string('x', 700_000);

        var report = await bench.UploadAsync(id, "\uFEFF" + string.Join('\n',
            """{"prompt": "Is water wet?", "expected": "yes", "feature": "faq"}""",
            """{"prompt": "Is fire cold?", "expected": "no" """,
            """{"model": "gpt-4", "temperature": 0, "messages": [{"role": "user", "content": "Name a colour."}], "expected": "red"}""",
            "",
            """{"input": [{"role": "system", "content": "Brief."}, {"role": "user", "content": "2+2"}], "ideal": ["4", "four"]}""",
            """{"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}}""",
            """{"custom_id": "b", "method": "POST", "url": "/v1/embeddings", "body": {"input": "Hi"}}""",
            """{"messages": [{"role": "user", "content": "Capital of France?"}, {"role": "assistant", "content": "Paris"}]}""",
            """{"prompt": "Is water wet?", "expected": "of course"}""",
            $$"""{"prompt": "{{long_}}"}""",
            """["no", "object"]""",
            """{"messages": "no list"}""") + "\r\n");

        Assert.Equal((5, 1, 5), (Number(report, "added"), Number(report, "duplicates"), Number(report, "rejected")));
        Assert.Equal([2, 7, 10, 11, 12], report["errors"]!.AsArray().Select(e => Number(e!, "line")));
        Assert.DoesNotContain("fire cold", report.ToJsonString(), StringComparison.Ordinal);
        var items = (await bench.MustAsync("GET", $"/datasets/{id}/items?limit=3"))["data"]!.AsArray();
        Assert.Equal(["Is water wet?", "Name a colour.", "2+2"], items.Select(i => EvaluationBench.Text(i!, "prompt")));
        Assert.Equal(["yes", "red", "4"], items.Select(i => EvaluationBench.Text(i!, "expected")));
        Assert.Equal(("faq", "upload"), (EvaluationBench.Text(items[0]!, "feature"), EvaluationBench.Text(items[0]!, "origin")));
        var cursor = (await bench.MustAsync("GET", $"/datasets/{id}/items?limit=3"))["next_cursor"]!.GetValue<string>();
        var rest = await bench.MustAsync("GET", $"/datasets/{id}/items?limit=3&cursor={cursor}");
        Assert.Equal(["Hi", "Capital of France?"], rest["data"]!.AsArray().Select(i => EvaluationBench.Text(i!, "prompt")));
        Assert.Equal("Paris", EvaluationBench.Text(rest["data"]![1]!, "expected"));
        Assert.Null(rest["next_cursor"]);
        await using var db = await bench.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        Assert.All(await db.DatasetItems.ToListAsync(Token), i => Assert.DoesNotContain("water", Encoding.UTF8.GetString(i.Request) + Encoding.UTF8.GetString(i.Expected ?? []), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Upload_NoJsonLines_IsRefusedBeforeAnythingIsStored()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var id = await bench.DatasetAsync(0);

        Assert.Contains("one JSON object a line", EvaluationBench.Text(await bench.UploadAsync(id, """[{"prompt": "a"}]"""), "stopped"), StringComparison.Ordinal);
        Assert.Contains("UTF-16", EvaluationBench.Text(await bench.UploadAsync(id, [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("""{"prompt": "a"}""")]), "stopped"), StringComparison.Ordinal);
        Assert.Equal(1, Number(await bench.UploadAsync(id, [.. "{\"prompt\": \""u8, 0xC3, 0x28, .. "\"}"u8]), "rejected"));
        Assert.Equal(0, Number(await bench.MustAsync("GET", $"/datasets/{id}"), "items"));
    }

    [Fact]
    public async Task Upload_MoreThanASetHolds_StopsAndSaysWhere()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var id = await bench.DatasetAsync(0);
        var more = Dataset.MostItems + 300;

        var report = await bench.UploadAsync(id, string.Join('\n', Enumerable.Range(0, more).Select(i => $$"""{"prompt": "p{{i}}"}""")));

        Assert.Equal(Dataset.MostItems, Number(report, "added"));
        Assert.Contains("full", EvaluationBench.Text(report, "stopped"), StringComparison.Ordinal);
        Assert.Equal(Dataset.MostItems, Number(await bench.MustAsync("GET", $"/datasets/{id}"), "items"));
    }

    [Fact]
    public async Task Create_FromSamplesAndPairs_TakesRequestsWithTheirAnswers()
    {
        await using var bench = await EvaluationBench.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            using var sent = await bench.Host.Client.PostAsync("/v1/chat/completions", new StringContent($$"""{"model": "gpt-4", "messages": [{"role": "system", "content": "Brief."}, {"role": "user", "content": "Asked {{i}}"}]}""", Encoding.UTF8, "application/json"), Token);
            Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        }

        await RecordedAsync(bench, 5);

        var made = await bench.MustAsync("POST", "/datasets", """{"name": "from production", "samples": {"model": "gpt-4", "count": 4}}""");
        Assert.Equal((4, 4, 4), (Number(made, "items"), Number(made, "with_expected"), Number(made["added"]!, "added")));
        var items = (await bench.MustAsync("GET", $"/datasets/{EvaluationBench.Text(made, "dataset_id")}/items"))["data"]!.AsArray();
        Assert.All(items, i => Assert.Equal($"echo {EvaluationBench.Text(i!, "prompt")}", EvaluationBench.Text(i!, "expected")));
        Assert.All(items, i => Assert.Equal(2, i!["request"]!["messages"]!.AsArray().Count));

        var migration = EvaluationBench.Text(await bench.MustAsync("POST", "/migrations", """{"source_model": "gpt-4"}"""), "migration_id");
        var test = EvaluationBench.Text(await bench.MustAsync("POST", $"/migrations/{migration}/test?wait=true", """{"target_model": "gpt-4o"}"""), "test_id");
        var pairs = (await bench.MustAsync("GET", $"/migrations/{migration}/test/{test}/pairs"))["data"]!.AsArray();
        var chosen = await bench.MustAsync("POST", "/datasets", $$$"""{"name": "two pairs", "pairs": {"test_id": "{{{test}}}", "pair_ids": ["{{{EvaluationBench.Text(pairs[0]!, "pair_id")}}}", "{{{EvaluationBench.Text(pairs[1]!, "pair_id")}}}"], "expected": "target"}}""");
        Assert.Equal((2, 2), (Number(chosen, "items"), Number(chosen, "with_expected")));
        var again = await bench.MustAsync("POST", $"/datasets/{EvaluationBench.Text(chosen, "dataset_id")}/items", $$$"""{"pairs": {"test_id": "{{{test}}}"}}""");
        Assert.Equal((3, 2), (Number(again, "added"), Number(again, "duplicates")));
    }

    [Fact]
    public async Task Create_Wrong_IsRefusedWithTheFieldAndLeavesNothing()
    {
        await using var bench = await EvaluationBench.StartAsync();
        (string Body, HttpStatusCode Status, string Param)[] cases =
        [
            ("{}", HttpStatusCode.UnprocessableEntity, "name"),
            ("""{"name": "a", "samples": {"model": "gpt-4"}}""", HttpStatusCode.UnprocessableEntity, "samples"),
            ("""{"name": "a", "samples": {"count": 10}}""", HttpStatusCode.UnprocessableEntity, "samples.model"),
            ("""{"name": "a", "samples": {"model": "gpt-4", "count": 5000}}""", HttpStatusCode.UnprocessableEntity, "samples.count"),
            ("""{"name": "a", "samples": {"model": "gpt-4", "from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}}""", HttpStatusCode.UnprocessableEntity, "samples.to"),
            ("""{"name": "a", "pairs": {"test_id": "test_0"}}""", HttpStatusCode.UnprocessableEntity, "pairs.test_id"),
            ("""{"name": "a", "pairs": {"test_id": "test_0"}, "items": []}""", HttpStatusCode.UnprocessableEntity, "items"),
        ];
        foreach (var (json, expected, param) in cases)
        {
            var (status, body) = await bench.CallAsync("POST", "/datasets", json);
            Assert.Equal((expected, param), (status, EvaluationBench.Text(body["error"]!, "param")));
        }

        Assert.Empty((await bench.MustAsync("GET", "/datasets"))["data"]!.AsArray());
        await bench.MustAsync("POST", "/datasets", """{"name": "a"}""");
        Assert.Equal(HttpStatusCode.Conflict, (await bench.CallAsync("POST", "/datasets", """{"name": "a"}""")).Status);
    }

    [Fact]
    public async Task SetAndItems_ChangedAndDeleted_AreGoneWithTheirRuns()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var id = await bench.DatasetAsync(2);
        var renamed = await bench.MustAsync("PATCH", $"/datasets/{id}", """{"name": "better", "description": "why"}""");
        Assert.Equal(("better", "why"), (EvaluationBench.Text(renamed, "name"), EvaluationBench.Text(renamed, "description")));
        var item = EvaluationBench.Text((await bench.MustAsync("GET", $"/datasets/{id}/items"))["data"]![0]!, "item_id");
        await bench.MustAsync("PATCH", $"/datasets/{id}/items/{item}", """{"expected": "something else"}""");
        Assert.Equal("something else", EvaluationBench.Text((await bench.MustAsync("GET", $"/datasets/{id}/items"))["data"]![0]!, "expected"));
        var run = EvaluationBench.Text(await bench.RunAsync($$"""{"dataset_id": "{{id}}", "models": ["gpt-4"], "evaluators": [{"type": "exact_match"}]}"""), "evaluation_id");
        Assert.Equal(1, Number(await bench.MustAsync("GET", $"/datasets/{id}"), "runs"));
        Assert.Equal(HttpStatusCode.NoContent, (await bench.CallAsync("DELETE", $"/datasets/{id}/items/{item}")).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await bench.CallAsync("DELETE", $"/datasets/{id}")).Status);

        Assert.Equal(HttpStatusCode.NotFound, (await bench.CallAsync("GET", $"/datasets/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.CallAsync("GET", $"/evaluations/{run}")).Status);
        await using var db = await bench.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        Assert.Equal((0, 0), (await db.DatasetItems.CountAsync(Token), await db.EvaluationItems.CountAsync(Token)));
    }

    [Theory]
    [InlineData("""{"description": 5}""", "description")]
    [InlineData("""{"name": null}""", "name")]
    [InlineData("""{"name": "better", "colour": "red"}""", "colour")]
    public async Task Change_Wrong_IsRefusedAndErasesNothing(string json, string param)
    {
        await using var bench = await EvaluationBench.StartAsync();
        var id = EvaluationBench.Text(await bench.MustAsync("POST", "/datasets", """{"name": "a", "description": "why", "items": [{"prompt": "Is water wet?", "expected": "yes"}]}"""), "dataset_id");
        var item = EvaluationBench.Text((await bench.MustAsync("GET", $"/datasets/{id}/items"))["data"]![0]!, "item_id");

        var (status, body) = await bench.CallAsync("PATCH", $"/datasets/{id}", json);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, EvaluationBench.Text(body["error"]!, "param")));
        var kept = await bench.MustAsync("GET", $"/datasets/{id}");
        Assert.Equal(("a", "why"), (EvaluationBench.Text(kept, "name"), EvaluationBench.Text(kept, "description")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await bench.CallAsync("PATCH", $"/datasets/{id}/items/{item}", """{"expected": "no", "colour": "red"}""")).Status);
    }

    [Fact]
    public async Task Viewer_SeesFiguresAndNeitherTextsNorChanges()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var id = await bench.DatasetAsync(1);
        var key = EvaluationBench.Text(await bench.MustAsync("POST", "/api-keys", """{"name": "v", "role": "viewer"}"""), "key");
        using var viewer = bench.Host.CreateClient(key);

        Assert.Equal(HttpStatusCode.OK, (await bench.CallAsync("GET", $"/datasets/{id}", client: viewer)).Status);
        Assert.Equal(HttpStatusCode.OK, (await bench.CallAsync("GET", "/evaluations", client: viewer)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.CallAsync("GET", "/evaluations/eval_0/items", client: viewer)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.CallAsync("GET", $"/datasets/{id}/items", client: viewer)).Status);
        foreach (var (method, path) in new[] { ("POST", "/datasets"), ("DELETE", $"/datasets/{id}"), ("POST", $"/datasets/{id}/items"), ("POST", "/evaluations"), ("DELETE", "/samples?all=true"), ("POST", "/samples/erase") })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await bench.CallAsync(method, path, "{}", viewer)).Status);
        }
    }

    [Fact]
    public async Task Test_OverADataset_ReplaysItsItems()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var id = await bench.DatasetAsync(6);
        var migration = EvaluationBench.Text(await bench.MustAsync("POST", "/migrations", """{"source_model": "gpt-4"}"""), "migration_id");

        var test = await bench.MustAsync("POST", $"/migrations/{migration}/test?wait=true", $$"""{"target_model": "gpt-4o", "source": "dataset", "dataset_id": "{{id}}", "test_requests": 5}""");

        Assert.Equal((5, id), (Number(test["results"]!, "requests_tested"), EvaluationBench.Text(test["setup"]!, "dataset_id")));
        var pairs = await bench.MustAsync("GET", $"/migrations/{migration}/test/{EvaluationBench.Text(test, "test_id")}/pairs");
        Assert.Equal([.. Enumerable.Range(0, 5).Select(i => $"Question {i}")], pairs["data"]!.AsArray().Select(p => EvaluationBench.Text(p!, "prompt")).Order());
        foreach (var (json, param) in new[] { ("""{"target_model": "gpt-4o", "source": "dataset", "dataset_id": "ds_0"}""", "dataset_id"), ("""{"target_model": "gpt-4o", "source": "dataset"}""", "dataset_id") })
        {
            var (status, body) = await bench.CallAsync("POST", $"/migrations/{migration}/test", json);
            Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, EvaluationBench.Text(body["error"]!, "param")));
        }
    }

    /// <summary>A request is recorded after its last byte, so perhaps after its caller has the answer.</summary>
    internal static Task RecordedAsync(EvaluationBench bench, int samples) => Wait.UntilAsync(async () =>
    {
        await bench.Host.Get<RecorderWriter>().RunOnceAsync(Token);
        await using var db = await bench.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        return await db.Samples.CountAsync(Token) >= samples;
    });

    private static int Number(JsonNode body, string field) => body[field]!.GetValue<int>();

    [Fact]
    public async Task Save_DatabaseRefuses_IsNotCalledANameThatIsTaken()
    {
        var refusing = new RefusesSets();
        await using var host = await GateflowHost.StartAsync(services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(refusing)));
        var book = host.Get<DatasetBook>();

        refusing.Times = 1;
        var made = (await book.CreateAsync(new CreateDataset { Name = "Questions" }, "Ada", Token)).Value!;
        refusing.Times = 1;
        var renamed = (await book.UpdateAsync(made.DatasetId, new JsonObject { ["name"] = "Answers" }, "Ada", Token)).Value!;
        refusing.Times = int.MaxValue;
        await Assert.ThrowsAsync<DbUpdateException>(() => book.UpdateAsync(made.DatasetId, new JsonObject { ["name"] = "Others" }, "Ada", Token));

        Assert.Equal("Answers", renamed.Name);
        Assert.Equal("dataset_exists", (await book.CreateAsync(new CreateDataset { Name = "Answers" }, "Ada", Token)).Refusal?.Code);
    }

    private sealed class RefusesSets : SaveChangesInterceptor
    {
        public int Times { get; set; }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            eventData.Context!.ChangeTracker.Entries<Dataset>().Any() && Times-- > 0 ? throw new DbUpdateException("disk is full") : ValueTask.FromResult(result);
    }
}

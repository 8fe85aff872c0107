using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Evaluations;

public sealed class EvaluationEndpointTests
{
    private const string Both = """ "models": ["gpt-4", "gpt-4o"] """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_TwoModels_ScoresEachAndTheirDifference()
    {
        await using var bench = await EvaluationBench.StartAsync();
        bench.Says = (model, prompt) => model == EvaluationBench.First || Index(prompt) % 2 == 0 ? $"Answer {Index(prompt)}" : $$"""{"wrong": {{Index(prompt)}}}""";
        var id = await bench.DatasetAsync(40, i => i < 36 ? $"Answer {i}" : null);

        var run = await bench.RunAsync($$$$$"""
            {"dataset_id": "{{{{{id}}}}}", {{{{{Both}}}}}, "name": "november", "evaluators": [
              {"type": "exact_match"}, {"type": "contains", "value": "answer", "ignore_case": true}, {"type": "regex", "pattern": "^Answer [0-9]+$"},
              {"type": "json_valid"}, {"type": "json_schema", "schema": {"type": "object", "required": ["wrong"], "properties": {"wrong": {"type": "integer", "minimum": 20}}}},
              {"type": "length", "max": 2, "unit": "words"}, {"type": "similarity"}, {"type": "similarity", "name": "like the first", "against": "first_model"}]}
            """);

        Assert.Equal(("completed", 1.0, "november"), (Text(run, "status"), run["progress"]!.GetValue<double>(), Text(run, "name")));
        var results = run["results"]!;
        Assert.Equal((40, 0), (Number(results, "answered"), Number(results, "missing")));
        var exact = Evaluator(results, "exact match");
        Assert.Equal((36, 4, 1.0, 0.5), (Number(exact["models"]![0]!, "scored"), Number(exact["models"]![0]!, "not_applicable"), Mean(exact, 0), Mean(exact, 1)));
        Assert.InRange(exact["models"]![0]!["interval"]!["low"]!.GetValue<double>(), 0.88, 0.95); // all of 36 right is no certainty
        Assert.Equal((36, -0.5, "worse"), (Number(exact["difference"]!, "items"), exact["difference"]!["mean"]!.GetValue<double>(), Text(exact["difference"]!, "word")));
        Assert.True(exact["difference"]!["interval"]!["high"]!.GetValue<double>() < -0.3);
        Assert.Equal((1.0, 0.5), (Mean(Evaluator(results, "contains “answer”"), 0), Mean(Evaluator(results, "contains “answer”"), 1)));
        Assert.Equal((1.0, 0.5), (Mean(Evaluator(results, "regex"), 0), Mean(Evaluator(results, "regex"), 1)));
        Assert.Equal((0.0, 0.5), (Mean(Evaluator(results, "json valid"), 0), Mean(Evaluator(results, "json valid"), 1)));
        Assert.Equal((0.0, 0.25), (Mean(Evaluator(results, "json schema"), 0), Mean(Evaluator(results, "json schema"), 1)));
        Assert.Equal((1.0, 1.0), (Mean(Evaluator(results, "length"), 0), Mean(Evaluator(results, "length"), 1)));
        Assert.Equal(1.0, Mean(Evaluator(results, "similarity"), 0));
        Assert.InRange(Mean(Evaluator(results, "similarity"), 1), 0.5, 0.99);
        Assert.Contains("Lexical", Text(Evaluator(results, "similarity"), "note"), StringComparison.Ordinal);
        Assert.Equal((0, 40), (Number(Evaluator(results, "like the first")["models"]![0]!, "scored"), Number(Evaluator(results, "like the first")["models"]![1]!, "scored")));
        Assert.True(results["cost"]!.GetValue<decimal>() > 0);

        var evaluation = Text(run, "evaluation_id");
        var behind = (await bench.MustAsync("GET", $"/evaluations/{evaluation}/items?sort=regressions&limit=2"))["data"]!.AsArray();
        Assert.All(behind, item => Assert.StartsWith("{\"wrong\"", Text(item!["answers"]![1]!, "text"), StringComparison.Ordinal));
        Assert.All(behind, item => Assert.True(item!["gap"]!.GetValue<double>() < 0));
        await using var db = await bench.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        Assert.All(await db.EvaluationItems.ToListAsync(Token), r => Assert.All(r.Answers, a => Assert.DoesNotContain("Answer", Encoding.UTF8.GetString(a.Text!), StringComparison.Ordinal)));

        Assert.Equal(evaluation, Text((await bench.MustAsync("GET", $"/evaluations?dataset_id={id}"))["data"]![0]!, "evaluation_id"));
        Assert.Equal("renamed", Text(await bench.MustAsync("PATCH", $"/evaluations/{evaluation}", """{"name": "renamed"}"""), "name"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await bench.CallAsync("PATCH", $"/evaluations/{evaluation}", """{"name": "other", "colour": "red"}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await bench.CallAsync("PATCH", $"/evaluations/{evaluation}", """{"name": 5}""")).Status);
        Assert.Equal("renamed", Text(await bench.MustAsync("GET", $"/evaluations/{evaluation}"), "name"));
        Assert.Equal(HttpStatusCode.NoContent, (await bench.CallAsync("DELETE", $"/evaluations/{evaluation}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.CallAsync("GET", $"/evaluations/{evaluation}")).Status);
    }

    [Fact]
    public async Task Run_WithAJudge_CountsWhatItPrefersAndWhatItDidNotSay()
    {
        await using var bench = await EvaluationBench.StartAsync();
        bench.Says = (model, prompt) => model == EvaluationBench.Judge
            ? prompt.Contains("Question 3", StringComparison.Ordinal) ? "I cannot decide." : Prefer(prompt, "SECOND")
            : $"{(model == EvaluationBench.First ? "FIRST" : "SECOND")} says {prompt}";
        var id = await bench.DatasetAsync(6);

        var run = await bench.RunAsync($$"""{"dataset_id": "{{id}}", {{Both}}, "evaluators": [{"type": "judge", "model": "house-judge", "against": "first_model", "rubric": "Be strict."}]}""");

        var judged = Evaluator(run["results"]!, "judge");
        Assert.Equal((5, 0.0, 1.0), (Number(judged["models"]![1]!, "scored"), Mean(judged, 0), Mean(judged, 1)));
        Assert.Equal((5, "better"), (Number(judged["difference"]!, "items"), Text(judged["difference"]!, "word")));
        Assert.Contains("1 times it said something that is no verdict", Text(judged, "note"), StringComparison.Ordinal);
        Assert.All(bench.Upstream.Requests.Where(r => r.Model == EvaluationBench.Judge), r => Assert.Contains("Be strict.", r.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ProviderFailsHalfWay_TellsHowManyAreMissingAndWhy()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var asked = 0;
        bench.Says = (model, prompt) => model == EvaluationBench.Second && Interlocked.Increment(ref asked) > 7 ? null : "yes";
        var id = await bench.DatasetAsync(20);

        var run = await bench.RunAsync($$"""{"dataset_id": "{{id}}", {{Both}}, "concurrency": 1, "evaluators": [{"type": "contains", "value": "yes"}]}""");

        var results = run["results"]!;
        Assert.Equal(("completed", 7, 13), (Text(run, "status"), Number(results, "answered"), Number(results, "missing")));
        Assert.Equal("13 × gpt-4o: HTTP 500 c500", results["missing_reasons"]![0]!.GetValue<string>());
        Assert.Equal((20, 7, 13), (Number(results["models"]![0]!, "answered"), Number(results["models"]![1]!, "answered"), Number(results["models"]![1]!, "errors")));
        Assert.Equal(7, Number(results["evaluators"]![0]!["difference"]!, "items"));
    }

    [Fact]
    public async Task Run_Capped_StopsBeforeTheMoneyIsSpent()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var id = await bench.DatasetAsync(20);

        var run = await bench.RunAsync($$"""{"dataset_id": "{{id}}", {{Both}}, "concurrency": 1, "max_cost": 0.04, "evaluators": [{"type": "json_valid"}]}""");

        var results = run["results"]!;
        Assert.InRange(Number(results, "answered"), 1, 19);
        Assert.Equal(20, Number(results, "answered") + Number(results, "missing"));
        Assert.Contains("the budget of 0.04 USD was reached", results["missing_reasons"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.InRange(results["cost"]!.GetValue<decimal>(), 0.0000001m, 0.04m);
    }

    [Fact]
    public async Task Run_ProviderCountsNoTokens_KeepsWithinItsMoneyByWhatWasForetold()
    {
        await using var bench = await EvaluationBench.StartAsync();
        bench.Upstream.Answer = EvaluationBench.Uncounted;
        var id = await bench.DatasetAsync(20);

        var run = await bench.RunAsync($$"""{"dataset_id": "{{id}}", {{Both}}, "concurrency": 1, "max_cost": 0.1, "evaluators": [{"type": "json_valid"}]}""");

        var results = run["results"]!;
        Assert.InRange(Number(results, "answered"), 1, 5);
        Assert.Contains("the budget of 0.1 USD was reached", results["missing_reasons"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.InRange(results["cost"]!.GetValue<decimal>(), 0.03m, 0.1m);
    }

    [Fact]
    public async Task Run_JudgeCountsNoTokens_IsPaidByWhatWasForetold()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var usual = bench.Upstream.Answer;
        bench.Upstream.Answer = (http, model) => model == EvaluationBench.Second ? EvaluationBench.Uncounted(http, model) : usual(http, model);
        var id = await bench.DatasetAsync(10);

        var run = await bench.RunAsync($$"""{"dataset_id": "{{id}}", "models": ["gpt-4"], "evaluators": [{"type": "judge", "model": "gpt-4o"}]}""");

        var results = run["results"]!;
        Assert.True(results["cost"]!.GetValue<decimal>() > (10 * results["models"]![0]!["avg_cost"]!.GetValue<decimal>()) + 0.005m);
    }

    [Fact]
    public async Task Run_Cancelled_GivesWhatHadComeIn()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var hold = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        var usual = bench.Upstream.Answer;
        bench.Upstream.Answer = async (http, model) =>
        {
            if (Pipeline.FakeUpstream.BodyOf(http).Contains("Question 5", StringComparison.Ordinal))
            {
                arrived.TrySetResult();
                await hold.Task.WaitAsync(http.RequestAborted);
            }

            await usual(http, model);
        };
        var id = await bench.DatasetAsync(10);

        var (status, started) = await bench.CallAsync("POST", "/evaluations?wait=false", $$"""{"dataset_id": "{{id}}", "models": ["gpt-4"], "concurrency": 1, "evaluators": [{"type": "json_valid"}]}""");
        await arrived.Task.WaitAsync(Token);
        Assert.Equal((HttpStatusCode.Accepted, "running"), (status, Text(started, "status")));
        var at = $"/evaluations/{Text(started, "evaluation_id")}";
        Assert.Equal(HttpStatusCode.Conflict, (await bench.CallAsync("DELETE", at)).Status);
        Assert.Equal("evaluation_running", Text((await bench.CallAsync("DELETE", $"/datasets/{id}")).Body["error"]!, "code"));
        var cancelled = await bench.MustAsync("POST", at + "/cancel");

        Assert.Equal(("cancelled", 5, 5), (Text(cancelled, "status"), Number(cancelled["results"]!, "answered"), Number(cancelled["results"]!, "missing")));
        Assert.Contains("cancelled", cancelled["results"]!["missing_reasons"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.CallAsync("POST", at + "/cancel")).Status);
    }

    [Fact]
    public async Task Run_CutOffByTheProgramsEnd_SaysSoAndKeepsWhatHadComeIn()
    {
        var data = Directory.CreateTempSubdirectory("gateflow-test-").FullName;
        string run;
        await using (var bench = await EvaluationBench.StartAsync(dataDirectory: data))
        {
            var id = await bench.DatasetAsync(4);
            run = Text(await bench.RunAsync($$"""{"dataset_id": "{{id}}", "models": ["gpt-4"], "evaluators": [{"type": "exact_match"}]}"""), "evaluation_id");
            await using var db = await bench.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
            await db.Evaluations.ExecuteUpdateAsync(set => set.SetProperty(e => e.Status, EvaluationStatus.Running).SetProperty(e => e.Results, (EvaluationResults?)null), Token); // as a kill leaves it
            await db.EvaluationItems.OrderBy(r => r.Id).Take(1).ExecuteDeleteAsync(Token);
        }

        await using (var bench = await EvaluationBench.StartAsync(dataDirectory: data))
        {
            var left = await bench.MustAsync("GET", $"/evaluations/{run}");

            Assert.Equal(("failed", 3, 1), (Text(left, "status"), Number(left["results"]!, "answered"), Number(left["results"]!, "missing")));
            Assert.Contains("3 of 4 items", Text(left, "error"), StringComparison.Ordinal);
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Run_Wrong_Is422WithTheField()
    {
        await using var bench = await EvaluationBench.StartAsync();
        var id = await bench.DatasetAsync(1);
        var empty = await bench.DatasetAsync(0);
        (string Models, string Evaluators, string More, string Param)[] cases =
        [
            ("[]", """[{"type": "json_valid"}]""", "", "models"),
            ("""["gpt-4", "gpt-4"]""", """[{"type": "json_valid"}]""", "", "models"),
            ("""["gpt-4", "gpt-0"]""", """[{"type": "json_valid"}]""", "", "models[1]"),
            ("""["gpt-4"]""", "[]", "", "evaluators"),
            ("""["gpt-4"]""", """[{"type": "json_valid"}, {"type": "json_valid"}]""", "", "evaluators"),
            ("""["gpt-4"]""", """[{"type": "regex"}]""", "", "evaluators[0].pattern"),
            ("""["gpt-4"]""", """[{"type": "regex", "pattern": "("}]""", "", "evaluators[0].pattern"),
            ("""["gpt-4"]""", """[{"type": "regex", "pattern": "(a)\\1(?=b)"}]""", "", "evaluators[0].pattern"),
            ("""["gpt-4"]""", """[{"type": "json_schema", "schema": {"$ref": "https://example.com/other.json"}}]""", "", "evaluators[0].schema"),
            ("""["gpt-4"]""", """[{"type": "length"}]""", "", "evaluators[0].min"),
            ("""["gpt-4"]""", """[{"type": "length", "min": 5, "max": 4}]""", "", "evaluators[0].min"),
            ("""["gpt-4"]""", """[{"type": "exact_match", "value": "x"}]""", "", "evaluators[0].value"),
            ("""["gpt-4"]""", """[{"type": "judge"}]""", "", "evaluators[0].model"),
            ("""["gpt-4"]""", """[{"type": "judge", "model": "gpt-0"}]""", "", "evaluators[0].model"),
            ("""["gpt-4"]""", """[{"type": "similarity", "embedding_model": "gpt-4o"}]""", "", "evaluators[0].embedding_model"),
            ("""["gpt-4"]""", """[{"type": "similarity", "against": "first_model"}]""", "", "evaluators[0].against"),
            ("""["house-judge"]""", """[{"type": "json_valid"}]""", ", \"max_cost\": 1", "max_cost"),
            ("""["gpt-4"]""", """[{"type": "json_valid"}]""", ", \"max_items\": 0", "max_items"),
            ("""["gpt-4"]""", """[{"type": "json_valid"}]""", ", \"concurrency\": 33", "concurrency"),
            ("""["gpt-4"]""", """[{"type": "json_valid"}]""", $", \"dataset_id\": \"{empty}\"", "dataset_id"),
            ("""["gpt-4"]""", """[{"type": "json_valid"}]""", ", \"dataset_id\": \"ds_0\"", "dataset_id"),
            ("""["gpt-4"]""", """[{"type": "guess"}]""", "", "evaluators[0].type"),
        ];
        foreach (var (models, evaluators, more, param) in cases)
        {
            var set = more.Contains("dataset_id", StringComparison.Ordinal) ? "" : $"\"dataset_id\": \"{id}\", ";
            var (status, body) = await bench.CallAsync("POST", "/evaluations", $$"""{{{set}}"models": {{models}}, "evaluators": {{evaluators}}{{more}}}""");
            Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, Text(body["error"]!, "param")));
        }

        Assert.Empty(bench.Upstream.Requests);
    }

    private static int Index(string prompt) => int.Parse(prompt["Question ".Length..], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The verdict of a judge that prefers whatever holds the word, at whichever place.</summary>
    private static string Prefer(string prompt, string word) =>
        prompt.IndexOf(word, StringComparison.Ordinal) > prompt.IndexOf("<answer B", StringComparison.Ordinal) ? """{"verdict":"B"}""" : """{"verdict":"A"}""";

    private static JsonNode Evaluator(JsonNode results, string label) => results["evaluators"]!.AsArray().Single(e => Text(e!, "label") == label)!;

    private static double Mean(JsonNode evaluator, int model) => evaluator["models"]![model]!["mean"]!.GetValue<double>();

    private static string Text(JsonNode body, string field) => EvaluationBench.Text(body, field);

    private static int Number(JsonNode body, string field) => body[field]!.GetValue<int>();
}

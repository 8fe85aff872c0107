using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Replay;

public sealed class ReplayRunnerTests
{
    private const string Fixed = "I am sorry, but I cannot help with that request.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_GoodTarget_CompletesWithResultsAndEvent()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(30);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, TestRequests = 25 });

        Assert.Equal((ReplayStatus.Completed, 25, 25, 1.0, null), (test.Status, test.Done, test.Planned, test.Progress, test.Error));
        var results = test.Results!;
        Assert.Equal((25, 0), (results.RequestsTested, results.Missing));
        Assert.Equal((ReplayBench.Source, ReplayBench.Target), (results.SourceModel.Model, results.TargetModel.Model));
        Assert.True(results.SourceModel.AvgLatencyMs > 0);
        Assert.True(results.SourceModel.AvgCost > results.TargetModel.AvgCost);
        Assert.InRange(results.QualityComparison.SemanticSimilarity!.Value, 0.38, 0.99);
        Assert.Equal(ReplayRecommendation.Proceed, results.Recommendation);
        var tested = Assert.Single(await bench.EventsAsync());
        Assert.Equal((test.TestId, "proceed", "me"), (tested.Data["test_id"]!.GetValue<string>(), tested.Data["recommendation"]!.GetValue<string>(), tested.Actor));
        await using var db = bench.Open();
        var migration = await db.Migrations.SingleAsync(Token);
        Assert.Equal((test.TestId, ReplayBench.Target), (migration.TestId, migration.TargetModel));
        Assert.Equal(0, await db.Requests.CountAsync(Token)); // no usage of a customer
    }

    [Fact]
    public async Task Run_StoredBody_ReachesBothModelsCleaned()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(1, extra: ""","temperature":0.2""");

        await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, TestRequests = 10 });

        foreach (var model in new[] { ReplayBench.Source, ReplayBench.Target })
        {
            var request = Assert.Single(await bench.Provider.RequestsAsync(model));
            var body = request.GetProperty("body");
            Assert.Equal(["model", "stream", "temperature", "messages"], body.EnumerateObject().Select(p => p.Name));
            Assert.False(body.GetProperty("stream").GetBoolean());
            Assert.Equal(0.2, body.GetProperty("temperature").GetDouble());
            Assert.Equal(2, body.GetProperty("messages").GetArrayLength());
        }
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 10)]
    public async Task Run_TargetOfAnotherFamily_IsAskedAsTheMigrationWill(bool shims, int missing)
    {
        await using var bench = await ReplayBench.StartAsync(config: new MigrationConfig { Shims = shims });
        await bench.StoreAsync(10, extra: ""","temperature":0.2,"max_tokens":900""");

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = "o3", TestRequests = 10 });

        Assert.Equal(missing, test.Results!.Missing);
        Assert.All(await bench.Provider.RequestsAsync("o3"), request => Assert.Equal(!shims, request.GetProperty("body").TryGetProperty("temperature", out _)));
        Assert.All(await bench.Provider.RequestsAsync(ReplayBench.Source), request => Assert.True(request.GetProperty("body").TryGetProperty("temperature", out _)));
    }

    [Fact]
    public async Task Run_FixedAnswer_DoesNotProceed()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(25);
        await bench.RecordAsync(ReplayBench.Target, 25, _ => Fixed);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });

        Assert.Equal(ReplayRecommendation.DoNotProceed, test.Results!.Recommendation);
        Assert.Contains(test.Results.Reasons, r => r.StartsWith("100 % of the target's answers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_TargetFailsHalfWay_NamesWhatIsMissing()
    {
        await using var bench = await ReplayBench.StartAsync(new ReplayOptions { Concurrency = 1, ProgressInterval = TimeSpan.FromMilliseconds(10) });
        await bench.StoreAsync(40);
        await bench.Provider.SetAsync(ReplayBench.Source, new { latency_ms = 15, latency_sigma = 0 });

        var started = await bench.Runner.StartAsync(ReplayBench.MigrationId, new ReplayRequest { TargetModel = ReplayBench.Target }, "me", Token);
        await bench.ReachAsync(started.Value!.Id, 10);
        await bench.Provider.SetAsync(ReplayBench.Target, new { error_rate = 1.0, error_status = 503 });
        var test = await bench.EndAsync(started.Value.Id);

        var results = test.Results!;
        Assert.Equal(ReplayStatus.Completed, test.Status);
        Assert.InRange(results.RequestsTested, 10, 35);
        Assert.Equal(40, results.RequestsTested + results.Missing);
        Assert.Equal(results.Missing, results.TargetModel.Errors);
        Assert.StartsWith($"{results.Missing} × target: HTTP 503", Assert.Single(results.MissingReasons), StringComparison.Ordinal);
        Assert.Equal(ReplayRecommendation.DoNotProceed, results.Recommendation);
    }

    [Fact]
    public async Task Run_BothFailHalfWay_IsNoVerdictOnTheTargetAlone()
    {
        await using var bench = await ReplayBench.StartAsync(new ReplayOptions { Concurrency = 1, ProgressInterval = TimeSpan.FromMilliseconds(10) });
        await bench.StoreAsync(60);
        await bench.Provider.SetAsync(ReplayBench.Source, new { latency_ms = 15, latency_sigma = 0 });

        var started = await bench.Runner.StartAsync(ReplayBench.MigrationId, new ReplayRequest { TargetModel = ReplayBench.Target, Concurrency = 1 }, "me", Token);
        await bench.ReachAsync(started.Value!.Id, 22);
        await bench.Provider.SetAsync(ReplayBench.Source, new { error_rate = 1.0, error_status = 503 });
        await bench.Provider.SetAsync(ReplayBench.Target, new { malformed_rate = 1.0 });
        var results = (await bench.EndAsync(started.Value.Id)).Results!;

        Assert.Equal(60, results.RequestsTested + results.Missing);
        Assert.InRange(results.Missing, 13, 38);
        Assert.Contains(results.MissingReasons, r => r.Contains("source: HTTP 503", StringComparison.Ordinal) && r.Contains("target: the answer cannot be read", StringComparison.Ordinal));
        Assert.Equal(ReplayRecommendation.Review, results.Recommendation);
        Assert.Contains(results.Rules, r => r.Name == "missing");
    }

    [Fact]
    public async Task Run_BudgetReached_StopsAndSaysSo()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(60);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, MaxCost = 0.1m });

        await using var db = bench.Open();
        var spent = (await db.ReplayPairs.Select(p => new { p.SourceCost, p.TargetCost }).ToListAsync(Token)).Sum(p => p.SourceCost + p.TargetCost);
        Assert.Equal(ReplayStatus.Completed, test.Status);
        Assert.InRange(test.Results!.RequestsTested, 3, 30);
        Assert.InRange(spent!.Value, 0.05m, 0.15m);
        Assert.Equal([$"{60 - test.Results.RequestsTested} × not sent: the budget of 0.1 USD was reached"], test.Results.MissingReasons);
        Assert.Equal(ReplayRecommendation.Review, test.Results.Recommendation);
    }

    [Fact]
    public async Task Run_PairsCannotBeWritten_FailsAndSendsNothingMore()
    {
        await using var bench = await ReplayBench.StartAsync(new ReplayOptions { ProgressInterval = TimeSpan.FromMilliseconds(5) });
        await bench.StoreAsync(200);
        await bench.Provider.SetAsync(ReplayBench.Target, new { latency_ms = 100, latency_sigma = 0 });
        await using (var db = bench.Open())
        {
            await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER refuse BEFORE INSERT ON ReplayPairs BEGIN SELECT RAISE(ABORT, 'no'); END", Token);
        }

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target, TestRequests = 200, Concurrency = 1 });

        Assert.Equal(ReplayStatus.Failed, test.Status);
        Assert.Contains("DbUpdateException", test.Error, StringComparison.Ordinal);
        Assert.InRange((await bench.Provider.RequestsAsync(ReplayBench.Target)).Count, 1, 100);
    }

    [Fact]
    public async Task Run_UnreadableSamples_AreMissingWithTheReason()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(3);
        await using (var db = bench.Open())
        {
            await db.Samples.Where(s => s.Id == "smp_00000").ExecuteUpdateAsync(set => set.SetProperty(s => s.Request, new byte[] { 0, 1 }), Token);
            await db.Samples.Where(s => s.Id == "smp_00001").ExecuteUpdateAsync(set => set.SetProperty(s => s.Request, new byte[] { 1, 1 }), Token);
        }

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });

        Assert.Equal((1, 2, 3), (test.Results!.RequestsTested, test.Results.Missing, test.Done));
        Assert.Contains(test.Results.MissingReasons, r => r.Contains("cannot be decrypted", StringComparison.Ordinal));
        Assert.Contains(test.Results.MissingReasons, r => r.Contains("no JSON object", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ScopeOfTheMigration_LimitsTheSample()
    {
        await using var bench = await ReplayBench.StartAsync(config: new MigrationConfig { Scope = new MigrationScope { Features = ["search"] } });
        await bench.StoreAsync(5, "chat");
        await bench.StoreAsync(3, "search");
        await bench.StoreAsync(2, "search", capabilities: Capabilities.Embeddings);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });

        Assert.Equal(3, test.Planned);
    }

    [Fact]
    public async Task Run_AnyOutcome_LeavesNoContentInTheLogAndNoneReadableInTheDatabase()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(8);
        await bench.Provider.SetAsync(ReplayBench.Target, new { error_rate = 0.3, malformed_rate = 0.3 });

        await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });

        Assert.Contains(bench.Log.Lines, line => line.Contains("is Completed", StringComparison.Ordinal));
        var words = Enumerable.Range(0, 8).SelectMany(i => ReplayBench.Prompt(i).Split(": ")[1].Split(' ')).Append("sk-secret").ToList();
        Assert.All(bench.Log.Lines, line => Assert.DoesNotContain(words, word => line.Contains(word, StringComparison.Ordinal)));
        await using var db = bench.Open();
        var pair = await db.ReplayPairs.OrderBy(p => p.SampleId).FirstAsync(Token);
        Assert.DoesNotContain("topic number", System.Text.Encoding.UTF8.GetString(pair.Prompt!), StringComparison.Ordinal);
    }
}

using Gateflow.Core.Catalog;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Replay;

/// <summary>How tests begin and end: one at a time, cancelled, left by a dead process, stored once.</summary>
public sealed class ReplayLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancel_Running_KeepsWhatItHas()
    {
        await using var bench = await ReplayBench.StartAsync(new ReplayOptions { Concurrency = 2, ProgressInterval = TimeSpan.FromMilliseconds(10) });
        await bench.StoreAsync(200);
        await bench.Provider.SetAsync(ReplayBench.Target, new { latency_ms = 20, latency_sigma = 0 });
        var started = await bench.Runner.StartAsync(ReplayBench.MigrationId, new ReplayRequest { TargetModel = ReplayBench.Target, TestRequests = 200 }, "me", Token);
        await bench.ReachAsync(started.Value!.Id, 4);

        Assert.True(await bench.Runner.CancelAsync(started.Value.Id, Token));

        var test = (await bench.Reader.FindAsync(ReplayBench.MigrationId, started.Value.Id, Token))!;
        Assert.Equal(ReplayStatus.Cancelled, test.Status);
        Assert.InRange(test.Results!.RequestsTested, 4, 150);
        Assert.InRange(test.Progress, 0.02, 0.75);
        Assert.Contains("not sent: the test was cancelled", Assert.Single(test.Results.MissingReasons), StringComparison.Ordinal);
        Assert.Empty(await bench.EventsAsync());
        Assert.False(await bench.Runner.CancelAsync(started.Value.Id, Token));
    }

    [Fact]
    public async Task Start_WhileOneRuns_IsRefusedUntilItIsOver()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(5);
        await bench.Provider.SetAsync(ReplayBench.Target, new { timeout_rate = 1.0 });
        var request = new ReplayRequest { TargetModel = ReplayBench.Target };
        var first = await bench.Runner.StartAsync(ReplayBench.MigrationId, request, "me", Token);

        var second = await bench.Runner.StartAsync(ReplayBench.MigrationId, request, "me", Token);

        Assert.Equal((RefusalKind.Conflict, "test_running"), (second.Refusal!.Kind, second.Refusal.Code));
        Assert.Contains(first.Value!.Id, second.Refusal.Message, StringComparison.Ordinal);
        await bench.Runner.CancelAsync(first.Value.Id, Token);
        await bench.Provider.ResetAsync();
        Assert.Equal(ReplayStatus.Completed, (await bench.RunAsync(request)).Status);
    }

    [Fact]
    public async Task Start_TwoAtOnce_OneIsRefused()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(5);
        await bench.Provider.SetAsync(ReplayBench.Target, new { timeout_rate = 1.0 });

        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            bench.Runner.StartAsync(ReplayBench.MigrationId, new ReplayRequest { TargetModel = ReplayBench.Target }, "me", Token)));

        Assert.Single(both, r => r.IsOk);
        Assert.All(both.Where(r => !r.IsOk), r => Assert.Equal("test_running", r.Refusal!.Code));
    }

    [Fact]
    public async Task Started_TestsOfADeadProcess_AreFailed()
    {
        await using var bench = await ReplayBench.StartAsync();
        await using (var db = bench.Open())
        {
            db.AddRange(Left("test_mine", "one"), Left("test_other", "two"), Left("test_gone", "three"), Left("test_forgotten", "four"));
            db.AddRange(Node(2, "two", TimeSpan.Zero), Node(3, "three", TimeSpan.FromMinutes(3)));
            await db.SaveChangesAsync(Token);
        }

        List<string> told = [];
        bench.Runner.Changed += (test, _) => told.Add(test);
        await bench.Runner.StartedAsync(Token);

        Assert.Equal(["test_forgotten", "test_gone", "test_mine"], told.Order(StringComparer.Ordinal));
        Assert.Equal(ReplayStatus.Failed, (await bench.Reader.FindAsync(ReplayBench.MigrationId, "test_gone", Token))!.Status);

        var mine = (await bench.Reader.FindAsync(ReplayBench.MigrationId, "test_mine", Token))!;
        Assert.Equal((ReplayStatus.Failed, 0.3), (mine.Status, mine.Progress));
        Assert.Contains("The program ended while the test ran", mine.Error, StringComparison.Ordinal);
        Assert.NotNull(mine.FinishedAt);
        Assert.Equal(ReplayStatus.Running, (await bench.Reader.FindAsync(ReplayBench.MigrationId, "test_other", Token))!.Status);
    }

    [Fact]
    public async Task RunOnce_EndThatWasNotStored_IsFailedAndWhatRunsIsLeft()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(5);
        await bench.Provider.SetAsync(ReplayBench.Target, new { timeout_rate = 1.0 });
        var runs = await bench.Runner.StartAsync(ReplayBench.MigrationId, new ReplayRequest { TargetModel = ReplayBench.Target }, "me", Token);
        await using (var db = bench.Open())
        {
            db.Add(Left("test_lost", "one"));
            await db.SaveChangesAsync(Token);
        }

        await bench.Runner.RunOnceAsync(Token);

        Assert.Equal(ReplayStatus.Failed, (await bench.Reader.FindAsync(ReplayBench.MigrationId, "test_lost", Token))!.Status);
        Assert.Equal(ReplayStatus.Running, (await bench.Reader.FindAsync(ReplayBench.MigrationId, runs.Value!.Id, Token))!.Status);
        await bench.Runner.CancelAsync(runs.Value.Id, Token);
    }

    [Fact]
    public async Task AddPairs_CommitWhoseAnswerWasLost_IsStoredOnce()
    {
        await using var bench = await ReplayBench.StartAsync();
        var test = Left("test_1", "one");
        await using (var db = bench.Open())
        {
            db.Add(test);
            await db.SaveChangesAsync(Token);
        }

        (string, RanPair) Pair(string id) => (id, new RanPair(new ReplayCandidate("smp_1", default, null, Capabilities.Chat, 1, 1, [], []), "Hi", new AnswerPair(new ReplayAnswer { Text = "a" }, new ReplayAnswer { Text = "b" })));
        await bench.Store.AddPairsAsync(test, [Pair("pair_1")], 1);
        await bench.Store.AddPairsAsync(test, [Pair("pair_1"), Pair("pair_2")], 2);

        await using var read = bench.Open();
        Assert.Equal(["pair_1", "pair_2"], await read.ReplayPairs.Select(p => p.Id).Order().ToListAsync(Token));
    }

    [Fact]
    public async Task Finish_CommitWhoseAnswerWasLost_IsOneEvent()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(3);
        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });

        await bench.Store.FinishAsync(Left(test.TestId, "one"), ReplayStatus.Completed, test.Done, test.Results, null, "me");

        Assert.Single(await bench.EventsAsync());
    }

    private static NodeRow Node(int ordinal, string name, TimeSpan silent) => new() { Name = name, Ordinal = ordinal, Roles = "All", SeenAt = TimeProvider.System.GetUtcNow() - silent };

    private static ReplayTest Left(string id, string node) => new()
    {
        Id = id, MigrationId = ReplayBench.MigrationId, SourceModel = ReplayBench.Source, TargetModel = ReplayBench.Target, Requested = 10, Planned = 10, Done = 3,
        CreatedAt = DateTimeOffset.UnixEpoch, Node = node,
    };
}

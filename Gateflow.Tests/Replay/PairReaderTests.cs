using Gateflow.Core.Catalog;
using Gateflow.Dashboard.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Replay;

public sealed class PairReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_EachFilter_TakesItsPairsAndCountsThem()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(30);
        await bench.RecordAsync(ReplayBench.Source, 30, i => $"A plain answer about {ReplayBench.Prompt(i)}");
        await bench.RecordAsync(ReplayBench.Target, 30, i => i < 4 ? $"- one {i}\n- two\n- three" : $"A plain answer about {ReplayBench.Prompt(i)}");
        await bench.Provider.SetAsync(ReplayBench.Target, new { error_rate = 0.3, error_status = 500 });
        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });
        var failed = test.Results!.TargetModel.Errors;
        var unrated = (await bench.Pairs.ListAsync(test.TestId, new PairQuery(Filter: ReplayPairFilter.Unrated, Limit: 100), Token)).Pairs;
        await bench.Pairs.RateAsync(ReplayBench.MigrationId, test.TestId, unrated[0].PairId, "same", Token);

        var counts = await bench.Pairs.CountsAsync(test.TestId, Token);

        Assert.InRange(failed, 1, 25);
        Assert.Equal((30, failed, 0, 1, 29 - failed), (
            counts[ReplayPairFilter.All], counts[ReplayPairFilter.TargetFailed], counts[ReplayPairFilter.SourceFailed], counts[ReplayPairFilter.Rated], counts[ReplayPairFilter.Unrated]));
        foreach (var filter in Enum.GetValues<ReplayPairFilter>())
        {
            var (pairs, more) = await bench.Pairs.ListAsync(test.TestId, new PairQuery(ReplayPairOrder.MostDifferent, filter, 0, 100), Token);
            Assert.Equal((counts[filter], false), (pairs.Count, more));
        }

        var lost = (await bench.Pairs.ListAsync(test.TestId, new PairQuery(Filter: ReplayPairFilter.FormatLost), Token)).Pairs;
        Assert.All(lost, p => Assert.StartsWith("- one", p.Target.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_ToolCalls_StandOneByOneAndLieEncrypted()
    {
        const string Tools = ""","tools":[{"type":"function","function":{"name":"look_up","parameters":{"type":"object","properties":{"order":{"type":"integer"}},"required":["order"]}}}],"tool_choice":"required" """;
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(3, extra: Tools, capabilities: Capabilities.Chat | Capabilities.FunctionCalling);

        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });

        var (pairs, _) = await bench.Pairs.ListAsync(test.TestId, new PairQuery(), Token);
        Assert.All(pairs, p => Assert.Equal("look_up", Assert.Single(p.Source.ToolCalls!).Name));
        Assert.All(pairs, p => Assert.StartsWith("{", Assert.Single(p.Target.ToolCalls!).Arguments, StringComparison.Ordinal));
        await using var db = bench.Open();
        Assert.All(await db.ReplayPairs.Select(p => p.TargetCalls!).ToListAsync(Token), secret => Assert.DoesNotContain("look_up", System.Text.Encoding.Latin1.GetString(secret), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rate_ByManyAtOnce_CountsAll()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(24);
        var test = await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target });
        var (pairs, _) = await bench.Pairs.ListAsync(test.TestId, new PairQuery(Limit: 24), Token);

        await Task.WhenAll(pairs.Select((p, i) => bench.Pairs.RateAsync(ReplayBench.MigrationId, test.TestId, p.PairId, i % 2 == 0 ? "better" : "same", Token)));

        Assert.Equal(new Gateflow.Core.Replay.Opinions(12, 12, 0), (await bench.Reader.FindAsync(test.TestId, Token))!.Results!.Ratings);
    }
}

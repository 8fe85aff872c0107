using Gateflow.Core.Replay;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Tests.Replay;

public sealed class ReplayEstimateTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Estimate_OfStoredRequests_IsWhatTheirLengthsCost()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(12);

        var both = await EstimateAsync(bench, new ReplayRequest { TargetModel = ReplayBench.Target, TestRequests = 20 });
        var floor = await EstimateAsync(bench, new ReplayRequest { TargetModel = ReplayBench.Target, TestRequests = 20, NoiseFloor = true, JudgeModel = ReplayBench.Target });
        var few = await EstimateAsync(bench, new ReplayRequest { TargetModel = ReplayBench.Target, TestRequests = 20, MaxCost = both.Cost / 3 });

        // gpt-4 takes 30 and 60 USD for a million tokens in and out, gpt-4o 2.50 and 10; each sample has 50 and 100
        Assert.Equal((12, 20, 24), (both.Planned, both.Requested, both.Calls));
        Assert.Equal((12 * 0.0075m, 12 * 0.001125m, 0m, 0m), (both.SourceCost, both.TargetCost, both.EmbeddingsCost, both.JudgeCost));
        Assert.Equal(both.SourceCost + both.TargetCost, both.Cost);
        Assert.Equal((36, 2 * both.SourceCost), (floor.Calls, floor.SourceCost));
        Assert.True(floor.JudgeCost > 0);
        Assert.Equal((null, 4), (both.PairsWithinBudget, few.PairsWithinBudget));
    }

    [Fact]
    public async Task Estimate_PriceUnknown_SaysWhose()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(2);

        var estimate = await EstimateAsync(bench, new ReplayRequest { TargetModel = "unpriced" });

        Assert.Equal((null, "unpriced"), (estimate.Cost, estimate.Unpriced));
    }

    [Fact]
    public async Task Run_AllCalls_AreInItsCost()
    {
        await using var bench = await ReplayBench.StartAsync();
        await bench.StoreAsync(5);

        var results = (await bench.RunAsync(new ReplayRequest { TargetModel = ReplayBench.Target })).Results!;
        var unpriced = (await bench.RunAsync(new ReplayRequest { TargetModel = "unpriced" })).Results!;

        Assert.Equal(5 * (results.SourceModel.AvgCost!.Value + results.TargetModel.AvgCost!.Value), results.Cost!.Value, 6);
        Assert.Null(unpriced.Cost);
    }

    private static async Task<ReplayEstimate> EstimateAsync(ReplayBench bench, ReplayRequest request)
    {
        var estimate = await bench.Estimates.EstimateAsync(ReplayBench.MigrationId, request, Token);
        Assert.True(estimate.IsOk, estimate.Refusal?.Message);
        return estimate.Value;
    }
}

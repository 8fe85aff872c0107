using Gateflow.Dashboard.Replay;

namespace Gateflow.Tests.Replay;

public sealed class ReplayBudgetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reserve_NoCap_AlwaysFits()
    {
        Assert.True(await new ReplayBudget(null).ReserveAsync(1_000_000, Token));
    }

    [Fact]
    public async Task Reserve_ExactlyTheCap_Fits()
    {
        var budget = new ReplayBudget(1);

        Assert.True(await budget.ReserveAsync(1, Token));
        budget.Settle(1, new Charge(1, false));
        Assert.False(await budget.ReserveAsync(0.01m, Token));
        Assert.Equal(1, budget.Spent);
    }

    [Fact]
    public async Task Reserve_WhileOthersMayTurnOutCheaper_Waits()
    {
        var budget = new ReplayBudget(1);
        await budget.ReserveAsync(0.8m, Token);

        var waiting = budget.ReserveAsync(0.5m, Token);
        Assert.False(waiting.IsCompleted);
        budget.Settle(0.8m, new Charge(0.4m, false));

        Assert.True(await waiting);
    }

    [Fact]
    public async Task Reserve_WhenNothingIsOpenAndItDoesNotFit_IsFalse()
    {
        var budget = new ReplayBudget(1);
        await budget.ReserveAsync(0.8m, Token);

        var waiting = budget.ReserveAsync(0.5m, Token);
        budget.Settle(0.8m, new Charge(0.8m, false));

        Assert.False(await waiting);
    }

    [Fact]
    public async Task Reserve_Cancelled_Throws()
    {
        var budget = new ReplayBudget(1);
        await budget.ReserveAsync(1, Token);
        using var cancel = new CancellationTokenSource();

        var waiting = budget.ReserveAsync(1, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}

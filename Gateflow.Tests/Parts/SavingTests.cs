using Gateflow.Dashboard.Parts;

namespace Gateflow.Tests.Parts;

public sealed class SavingTests
{
    [Fact]
    public async Task Try_WhileItIsWritten_WritesOnce()
    {
        var saving = new Saving();
        var written = new TaskCompletionSource<string?>();
        var first = saving.TryAsync(() => written.Task);

        Assert.False(await saving.TryAsync(() => throw new InvalidOperationException("A second one.")));
        Assert.True(saving.IsBusy);
        written.SetResult(null);

        Assert.True(await first);
        Assert.False(saving.IsBusy);
    }

    [Fact]
    public async Task Try_ConfirmedWhileAnotherIsWritten_IsTold()
    {
        var saving = new Saving();
        var written = new TaskCompletionSource<string?>();
        var first = saving.TryAsync(() => written.Task);

        await saving.TryAsync(() => throw new InvalidOperationException("A second press."));
        Assert.Null(saving.Fault);
        Assert.False(await saving.TryAsync(() => throw new InvalidOperationException("A second one."), confirmed: true));
        written.SetResult(null);

        Assert.True(await first);
        Assert.StartsWith("Another change is still being saved", saving.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_DatabaseAway_TellsItAndCanBeTriedAgain()
    {
        var saving = new Saving();

        Assert.False(await saving.TryAsync(() => throw new IOException("Disk full.")));
        Assert.Equal((false, "Not saved, the database refused: Disk full. Try again."), (saving.IsBusy, saving.Fault));
        Assert.True(await saving.TryAsync(() => Task.FromResult<string?>(null)));
        Assert.Null(saving.Fault);
    }

    [Fact]
    public async Task Try_FaultOfTheProgram_IsNotSwallowedAndLeavesNothingBusy()
    {
        var saving = new Saving();

        await Assert.ThrowsAsync<InvalidOperationException>(() => saving.TryAsync(() => throw new InvalidOperationException("A defect.")));

        Assert.False(saving.IsBusy);
    }

    [Fact]
    public async Task Try_ThatLeaves_StaysBusyOnceItIsDone()
    {
        var saving = new Saving();

        await saving.TryAsync(() => Task.FromResult<string?>("Refused."), leaves: true);
        Assert.Equal((false, "Refused."), (saving.IsBusy, saving.Fault));
        await saving.TryAsync(() => Task.FromResult<string?>(null), leaves: true);

        Assert.True(saving.IsBusy);
    }
}

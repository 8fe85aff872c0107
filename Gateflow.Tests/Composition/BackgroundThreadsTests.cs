using System.Globalization;
using Gateflow.Dashboard.Composition;

namespace Gateflow.Tests.Composition;

public sealed class BackgroundThreadsTests : IDisposable
{
    private readonly BackgroundThreads _threads = new();

    [Fact]
    public async Task Work_GoesOnAfterAnAwait_OnThreadsOfItsOwn()
    {
        List<bool> onPool = [];
        await _threads.RunAsync(async () =>
        {
            onPool.Add(Thread.CurrentThread.IsThreadPoolThread);
            await Task.Run(() => onPool.Add(Thread.CurrentThread.IsThreadPoolThread));
            onPool.Add(Thread.CurrentThread.IsThreadPoolThread);
        });

        Assert.Equal([false, true, false], onPool);
    }

    [Fact]
    public async Task Work_ThatBlocks_DoesNotHoldUpOther()
    {
        using var release = new ManualResetEventSlim();
        var blocked = _threads.RunAsync(() =>
        {
            release.Wait(TestContext.Current.CancellationToken);
            return Task.CompletedTask;
        });

        await _threads.RunAsync(() => Task.CompletedTask);
        Assert.False(blocked.IsCompleted);

        release.Set();
        await blocked;
    }

    [Fact]
    public async Task Work_StillUnderWayWhenDisposed_Ends()
    {
        var waits = new TaskCompletionSource();
        var work = _threads.RunAsync(() => waits.Task.ContinueWith(_ => 1, TaskScheduler.Current));
        _threads.Dispose();
        waits.SetResult();

        await work;
    }

    [Fact]
    public async Task Thread_AsksForLongSlices_SoThatRequestsGoFirst()
    {
        Assert.SkipUnless(OperatingSystem.IsOSPlatformVersionAtLeast("linux", 6, 12), "Slices can be asked for since Linux 6.12.");
        Assert.SkipUnless(File.Exists("/proc/self/sched"), "This kernel does not tell its slices.");
        var told = "";
        await _threads.RunAsync(() =>
        {
            told = File.ReadAllText("/proc/thread-self/sched");
            return Task.CompletedTask;
        });

        var slice = told.Split('\n').Single(l => l.StartsWith("se.slice", StringComparison.Ordinal)).Split(':')[1];
        Assert.Equal(LongSlice.Nanoseconds, ulong.Parse(slice, CultureInfo.InvariantCulture));
    }

    public void Dispose() => _threads.Dispose();
}

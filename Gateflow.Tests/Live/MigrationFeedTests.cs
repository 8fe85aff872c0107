using Gateflow.Dashboard.Live;
using Gateflow.Tests.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateflow.Tests.Live;

public sealed class MigrationFeedTests
{
    private readonly SteppedTime _clock = new();
    private readonly Load _load;
    private readonly MigrationFeed _feed;

    public MigrationFeedTests()
    {
        _load = new Load(_clock);
        _feed = new MigrationFeed(_clock, _load, NullLogger<MigrationFeed>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signals_WhileOneIsBeingAnswered_MeltIntoOneMoreCall()
    {
        var calls = new SemaphoreSlim(0);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (count, atOnce, most) = (0, 0, 0);
        await using var watching = _feed.Subscribe("mig_1", async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref atOnce));
            count++;
            calls.Release();
            await answer.Task;
            Interlocked.Decrement(ref atOnce);
        });
        _feed.Signal("mig_1");
        Assert.True(await calls.WaitAsync(Wait.Limit, Token));

        for (var i = 0; i < 1000; i++)
        {
            _feed.Signal("mig_1");
        }

        answer.SetResult();
        Assert.Equal(1, count); // the pause between two calls has not passed
        Assert.Equal(MigrationFeed.Interval, await PassAsync());
        Assert.True(await calls.WaitAsync(Wait.Limit, Token));

        Assert.Equal((2, 1), (count, most));
    }

    [Fact]
    public async Task Signal_OfAnother_WakesOnlyWhoeverWatchesItOrAll()
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var others = 0;
        await using var one = _feed.Subscribe("mig_1", _ =>
        {
            others++;
            return Task.CompletedTask;
        });
        await using var every = _feed.Subscribe(null, _ =>
        {
            all.TrySetResult();
            return Task.CompletedTask;
        });

        _feed.Signal("mig_2");

        await all.Task.WaitAsync(Wait.Limit, Token);
        Assert.Equal(0, others);
    }

    [Fact]
    public async Task Watcher_ThatThrows_IsCalledAgain()
    {
        var calls = new SemaphoreSlim(0);
        await using var watching = _feed.Subscribe("mig_1", _ =>
        {
            calls.Release();
            throw new InvalidOperationException("a page that fails");
        });

        _feed.Signal("mig_1");
        Assert.True(await calls.WaitAsync(Wait.Limit, Token));
        _feed.Signal("mig_1");
        await PassAsync();

        Assert.True(await calls.WaitAsync(Wait.Limit, Token));
    }

    [Fact]
    public async Task Dispose_EndsTheWatch()
    {
        var watching = _feed.Subscribe("mig_1", _ => Task.CompletedTask);
        Assert.Equal(1, _feed.Watchers);

        await watching.DisposeAsync();

        Assert.Equal(0, _feed.Watchers);
        _feed.Signal("mig_1");
    }

    [Fact]
    public async Task Signals_WhileTheProcessorsAreBusy_WaitTwoSeconds()
    {
        _load.Now = 0.9;
        var calls = new SemaphoreSlim(0);
        await using var watching = _feed.Subscribe("mig_1", _ => Task.FromResult(calls.Release()));
        _feed.Signal("mig_1");
        Assert.True(await calls.WaitAsync(Wait.Limit, Token));
        _feed.Signal("mig_1");

        Assert.Equal(MigrationFeed.BusyInterval, await PassAsync() + await PassAsync());
        Assert.True(await calls.WaitAsync(Wait.Limit, Token));
    }

    [Fact]
    public async Task Decisions_WhileTheProcessorsAreBusy_ComeAsEver()
    {
        _load.Now = 0.9;
        var calls = new SemaphoreSlim(0);
        await using var watching = _feed.Subscribe("mig_1", _ => Task.FromResult(calls.Release()));
        _feed.Signal("mig_1");
        Assert.True(await calls.WaitAsync(Wait.Limit, Token));
        _feed.Signal("mig_1", decided: true);

        Assert.Equal(MigrationFeed.Interval, await PassAsync());
        Assert.True(await calls.WaitAsync(Wait.Limit, Token));
    }

    /// <summary>Lets the wait that begins next pass, and tells how long it was.</summary>
    private async Task<TimeSpan> PassAsync()
    {
        var wait = await _clock.WaitForAsync();
        _clock.Advance(wait);
        return wait;
    }

    private sealed class Load(TimeProvider clock) : ProcessorLoad(clock)
    {
        public double Now { get; set; }

        public override double Share => Now;
    }
}

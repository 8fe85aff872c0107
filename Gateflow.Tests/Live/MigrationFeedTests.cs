using Gateflow.Dashboard.Live;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Live;

public sealed class MigrationFeedTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _clock = new();
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
        Assert.True(await calls.WaitAsync(Limit, Token));

        for (var i = 0; i < 1000; i++)
        {
            _feed.Signal("mig_1");
        }

        answer.SetResult();
        Assert.Equal(1, count); // the pause between two calls has not passed
        while (!await calls.WaitAsync(TimeSpan.FromMilliseconds(20), Token))
        {
            _clock.Advance(MigrationFeed.Interval);
        }

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

        await all.Task.WaitAsync(Limit, Token);
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
        Assert.True(await calls.WaitAsync(Limit, Token));
        _feed.Signal("mig_1");
        while (!await calls.WaitAsync(TimeSpan.FromMilliseconds(20), Token))
        {
            _clock.Advance(MigrationFeed.Interval);
        }
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
        Assert.True(await calls.WaitAsync(Limit, Token));
        var passed = TimeSpan.Zero;

        _feed.Signal("mig_1");
        while (!await calls.WaitAsync(TimeSpan.FromMilliseconds(20), Token))
        {
            _clock.Advance(MigrationFeed.Interval);
            passed += MigrationFeed.Interval;
        }

        Assert.True(passed >= MigrationFeed.BusyInterval);
    }

    [Fact]
    public async Task Decisions_WhileTheProcessorsAreBusy_ComeAsEver()
    {
        _load.Now = 0.9;
        var calls = new SemaphoreSlim(0);
        await using var watching = _feed.Subscribe("mig_1", _ => Task.FromResult(calls.Release()));
        _feed.Signal("mig_1");
        Assert.True(await calls.WaitAsync(Limit, Token));
        var (step, passed) = (TimeSpan.FromMilliseconds(100), TimeSpan.Zero);

        _feed.Signal("mig_1", decided: true);
        while (!await calls.WaitAsync(TimeSpan.FromMilliseconds(100), Token) && passed < Limit)
        {
            _clock.Advance(step);
            passed += step;
        }

        Assert.True(passed < MigrationFeed.BusyInterval);
    }

    private sealed class Load(TimeProvider clock) : ProcessorLoad(clock)
    {
        public double Now { get; set; }

        public override double Share => Now;
    }
}

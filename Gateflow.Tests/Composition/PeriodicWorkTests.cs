using System.Threading.Channels;
using Gateflow.Dashboard.Composition;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateflow.Tests.Composition;

public sealed class PeriodicWorkTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(25);

    private readonly TimerClock _clock = new();
    private readonly Channel<DateTimeOffset> _turns = Channel.CreateUnbounded<DateTimeOffset>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_TakingTime_BeginAnIntervalApart()
    {
        using var work = Work(_ =>
        {
            _turns.Writer.TryWrite(_clock.GetUtcNow());
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            return Task.CompletedTask;
        });
        await work.StartAsync(Token);

        var first = await NextTurnAsync(s_interval);
        var second = await NextTurnAsync(s_interval - TimeSpan.FromMilliseconds(10));

        Assert.Equal(s_interval, second - first);
        await work.StopAsync(Token);
    }

    [Fact]
    public async Task Turn_ThatWaits_LetsNoClockTick()
    {
        var waits = new TaskCompletionSource();
        using var work = Work(_ =>
        {
            _turns.Writer.TryWrite(_clock.GetUtcNow());
            return waits.Task;
        });
        await work.StartAsync(Token);
        await NextTurnAsync(s_interval);

        Assert.Equal(0, _clock.Timers);

        waits.SetResult();
        await work.StopAsync(Token);
    }

    [Fact]
    public async Task Turn_LongerThanTheInterval_IsFollowedAtOnce()
    {
        using var work = Work(_ =>
        {
            _turns.Writer.TryWrite(_clock.GetUtcNow());
            _clock.Advance(_clock.GetUtcNow() == TimerClock.Begin + s_interval ? s_interval * 3 : TimeSpan.Zero);
            return Task.CompletedTask;
        });
        await work.StartAsync(Token);

        var first = await NextTurnAsync(s_interval);
        var second = await _turns.Reader.ReadAsync(Token);

        Assert.Equal(s_interval * 3, second - first);
        await work.StopAsync(Token);
    }

    [Fact]
    public async Task Turn_ThatFails_IsFollowedByTheNext()
    {
        using var work = Work(_ =>
        {
            _turns.Writer.TryWrite(_clock.GetUtcNow());
            throw new InvalidOperationException("The database is away.");
        });
        await work.StartAsync(Token);

        await NextTurnAsync(s_interval);
        await NextTurnAsync(s_interval);

        await work.StopAsync(Token);
    }

    [Fact]
    public async Task Stop_RunsTheLastTurnOnce()
    {
        var last = 0;
        using var work = Work(_ => Task.CompletedTask, _ =>
        {
            last++;
            return Task.CompletedTask;
        });
        await work.StartAsync(Token);
        await _clock.TimerAsync(Token);

        await work.StopAsync(Token);

        Assert.Equal(1, last);
        Assert.True(work.ExecuteTask!.IsCompletedSuccessfully);
    }

    private PeriodicWork Work(Func<CancellationToken, Task> turn, Func<CancellationToken, Task>? last = null) =>
        new("Working", s_interval, turn, last, _clock, NullLogger<PeriodicWork>.Instance);

    /// <summary>Lets time pass as soon as the work waits for it, and returns when the turn began.</summary>
    private async Task<DateTimeOffset> NextTurnAsync(TimeSpan pause)
    {
        Assert.False(_turns.Reader.TryRead(out _));
        await _clock.TimerAsync(Token);
        _clock.Advance(pause);
        return await _turns.Reader.ReadAsync(Token);
    }
}

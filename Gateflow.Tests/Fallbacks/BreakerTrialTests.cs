using Gateflow.Core.Rollout;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Tests.Fallbacks;

/// <summary>The calls that try a broken provider again.</summary>
public sealed class BreakerTrialTests : BreakerBench
{
    [Fact]
    public async Task TryAsync_WhileOpen_IsRefusedWithTheTimeToWait()
    {
        var breaker = Create();
        Report(breaker, AttemptResult.ServerError, 10);
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        Assert.Equal(TimeSpan.FromSeconds(10), breaker.RetryAfter);
        Assert.Equal(0, Calls);
    }

    [Fact]
    public async Task TryAsync_AfterTheBreak_OneCallTriesAndCloses()
    {
        var breaker = Create();
        Report(breaker, AttemptResult.ServerError, 10);
        Time.Advance(TimeSpan.FromSeconds(16));
        var answer = new TaskCompletionSource<AttemptResult>();

        var first = breaker.TryAsync(static a => new ValueTask<AttemptResult>(a.Task), answer);
        var second = await TryAsync(breaker, AttemptResult.Ok);
        answer.SetResult(AttemptResult.Ok);

        Assert.Equal((AttemptResult.Ok, AttemptResult.CircuitOpen), (await first, second));
        Assert.True(breaker.IsClosed);
        Assert.Equal(0, Calls);
    }

    [Theory]
    [InlineData(AttemptResult.ServerError, false)]
    [InlineData(AttemptResult.ClientCancelled, false)] // shows nothing
    [InlineData(AttemptResult.NotAsked, false)]
    [InlineData(AttemptResult.RateLimited, true)] // it answers
    [InlineData(AttemptResult.BadRequest, true)]
    public async Task TryAsync_Ends_ClosesOnlyWhenTheProviderAnswered(AttemptResult result, bool closed)
    {
        var breaker = Create();
        Report(breaker, AttemptResult.ServerError, 10);
        Time.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal(result, await TryAsync(breaker, result));

        Assert.Equal(closed, breaker.IsClosed);
        if (!closed)
        {
            Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        }

        Assert.Equal(1, Calls);
    }

    [Fact]
    public async Task TryAsync_TheOneThatTriesTakesLong_AnotherMayTryAndCloses()
    {
        var breaker = Create();
        var (first, answer) = Try(breaker);
        Time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(AttemptResult.Ok, await TryAsync(breaker, AttemptResult.Ok));

        Assert.True(breaker.IsClosed);
        answer.SetResult(AttemptResult.ClientCancelled);
        Assert.Equal(AttemptResult.ClientCancelled, await first);
        Report(breaker, AttemptResult.Ok, 5);
        Report(breaker, AttemptResult.ServerError, 4);
        Assert.True(breaker.IsClosed); // the caller that hung up meanwhile is no fifth failure
    }

    [Theory]
    [InlineData(AttemptResult.ServerError)]
    [InlineData(AttemptResult.Timeout)]
    [InlineData(AttemptResult.ClientCancelled)]
    [InlineData(AttemptResult.GatewayStopped)]
    [InlineData(AttemptResult.NotAsked)]
    public async Task TryAsync_TheSecondThatTriesShowsNothing_StaysShutAndTheNextWaitsForItsTurn(AttemptResult result)
    {
        var breaker = Create();
        var (first, answer) = Try(breaker);
        Time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(result, await TryAsync(breaker, result));

        Assert.False(breaker.IsClosed);
        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        answer.SetResult(AttemptResult.Timeout);
        await first;
        Assert.Equal(BreakerState.Open, breaker.Snapshot().State);
        Time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(AttemptResult.Ok, await TryAsync(breaker, AttemptResult.Ok));
        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public async Task TryAsync_TheCallThatTriesThrows_IsThrownAndAnotherTriesAfterTheBreak()
    {
        var breaker = Create();
        Report(breaker, AttemptResult.ServerError, 10);
        Time.Advance(TimeSpan.FromSeconds(16));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await breaker.TryAsync<object?>(_ => throw new InvalidOperationException("A defect."), null));

        Assert.Equal(BreakerState.Open, breaker.Snapshot().State);
        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        Time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(AttemptResult.Ok, await TryAsync(breaker, AttemptResult.Ok));
    }

    [Fact]
    public async Task RetryAfter_WhileOneTries_IsASecond()
    {
        var breaker = Create();
        var (call, answer) = Try(breaker);

        Assert.Equal((BreakerState.HalfOpen, TimeSpan.FromSeconds(1)), (breaker.Snapshot().State, breaker.RetryAfter!.Value));

        answer.SetResult(AttemptResult.Ok);
        await call;
        Assert.Null(breaker.RetryAfter);
    }

    [Fact]
    public async Task TryAsync_TheSecondThatTriesEndsOnceTheFirstClosed_FaultsSinceThenCount()
    {
        var breaker = Create();
        var (first, firstAnswer) = Try(breaker);
        Time.Advance(TimeSpan.FromSeconds(15));
        var secondAnswer = new TaskCompletionSource<AttemptResult>();
        var second = breaker.TryAsync(static a => new ValueTask<AttemptResult>(a.Task), secondAnswer).AsTask();
        firstAnswer.SetResult(AttemptResult.Ok);
        await first;
        Report(breaker, AttemptResult.ServerError, 9);

        secondAnswer.SetResult(AttemptResult.Ok);
        await second;

        Assert.True(breaker.IsClosed);
        breaker.Report(AttemptResult.ServerError);
        Assert.False(breaker.IsClosed);
    }

    [Fact]
    public async Task TryAsync_TheClockIsSetBack_TriesAfterTheBreakAllTheSame()
    {
        var clock = new SetClock(Time);
        var breaker = new Breakers(new BreakerOptions(), clock).Of(Endpoint);
        Report(breaker, AttemptResult.ServerError, 10);
        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        clock.Off = TimeSpan.FromHours(-1);

        Time.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal(AttemptResult.Ok, await TryAsync(breaker, AttemptResult.Ok));
        Assert.True(breaker.IsClosed);
    }
}

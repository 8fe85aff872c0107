using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Fallbacks;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Fallbacks;

public sealed class BreakerTests
{
    private static readonly ModelEndpoint Endpoint = new(
        new ProviderEndpoint { Name = "openai", Type = ProviderType.OpenAI, BaseUrl = new Uri("http://localhost/v1") }, "gpt-4");

    private readonly FakeTimeProvider _time = new();
    private int _calls;

    [Fact]
    public void Report_HalfOfTenFail_Opens()
    {
        var breaker = Create();

        for (var i = 0; i < 5; i++)
        {
            breaker.Report(AttemptResult.Ok);
            breaker.Report(AttemptResult.ServerError);
            Assert.Equal(i < 4, breaker.IsClosed);
        }
    }

    [Fact]
    public void Report_FewerThanTheMinimum_StaysClosed()
    {
        var breaker = Create();

        Report(breaker, AttemptResult.Timeout, 9);

        Assert.True(breaker.IsClosed);
    }

    [Theory]
    [InlineData(AttemptResult.RateLimited)]
    [InlineData(AttemptResult.BadRequest)]
    [InlineData(AttemptResult.Unauthorized)]
    [InlineData(AttemptResult.ModelNotFound)]
    [InlineData(AttemptResult.PolicyRefusal)]
    [InlineData(AttemptResult.ClientCancelled)]
    public void Report_NoFaultOfTheProvider_NeverOpens(AttemptResult result)
    {
        var breaker = Create();

        Report(breaker, result, 100);

        Assert.True(breaker.IsClosed);
    }

    [Theory]
    [InlineData(AttemptResult.ServerError)]
    [InlineData(AttemptResult.Timeout)]
    [InlineData(AttemptResult.ConnectionFailed)]
    [InlineData(AttemptResult.BrokenStream)]
    public void Report_FaultsOfTheProvider_Open(AttemptResult result)
    {
        var breaker = Create();

        Report(breaker, result, 10);

        Assert.False(breaker.IsClosed);
    }

    [Fact]
    public void Report_FailuresOlderThanTheWindow_AreForgotten()
    {
        var breaker = Create();

        Report(breaker, AttemptResult.ServerError, 9);
        _time.Advance(TimeSpan.FromSeconds(31));
        breaker.Report(AttemptResult.ServerError);

        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public async Task TryAsync_WhileOpen_IsRefusedWithTheTimeToWait()
    {
        var breaker = Create();
        Report(breaker, AttemptResult.ServerError, 10);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        Assert.Equal(TimeSpan.FromSeconds(10), breaker.RetryAfter);
        Assert.Equal(0, _calls);
    }

    [Fact]
    public async Task TryAsync_AfterTheBreak_OneCallTriesAndCloses()
    {
        var breaker = Create();
        Report(breaker, AttemptResult.ServerError, 10);
        _time.Advance(TimeSpan.FromSeconds(16));
        var answer = new TaskCompletionSource<AttemptResult>();

        var first = breaker.TryAsync(static a => new ValueTask<AttemptResult>(a.Task), answer);
        var second = await TryAsync(breaker, AttemptResult.Ok);
        answer.SetResult(AttemptResult.Ok);

        Assert.Equal((AttemptResult.Ok, AttemptResult.CircuitOpen), (await first, second));
        Assert.True(breaker.IsClosed);
        Assert.Equal(0, _calls);
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
        _time.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal(result, await TryAsync(breaker, result));

        Assert.Equal(closed, breaker.IsClosed);
        if (!closed)
        {
            Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        }

        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task TryAsync_TheOneThatTriesTakesLong_AnotherMayTryAndCloses()
    {
        var breaker = Create();
        var (first, answer) = Try(breaker);
        _time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        _time.Advance(TimeSpan.FromSeconds(1));

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
        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(result, await TryAsync(breaker, result));

        Assert.False(breaker.IsClosed);
        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        answer.SetResult(AttemptResult.Timeout);
        await first;
        Assert.Equal(BreakerState.Open, breaker.Snapshot().State);
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(AttemptResult.Ok, await TryAsync(breaker, AttemptResult.Ok));
        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public async Task TryAsync_TheCallThatTriesThrows_IsThrownAndAnotherTriesAfterTheBreak()
    {
        var breaker = Create();
        Report(breaker, AttemptResult.ServerError, 10);
        _time.Advance(TimeSpan.FromSeconds(16));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await breaker.TryAsync<object?>(_ => throw new InvalidOperationException("A defect."), null));

        Assert.Equal(BreakerState.Open, breaker.Snapshot().State);
        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        _time.Advance(TimeSpan.FromSeconds(16));
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
        _time.Advance(TimeSpan.FromSeconds(15));
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
        var clock = new SetClock(_time);
        var breaker = new Breakers(new BreakerOptions(), clock).Of(Endpoint);
        Report(breaker, AttemptResult.ServerError, 10);
        Assert.Equal(AttemptResult.CircuitOpen, await TryAsync(breaker, AttemptResult.Ok));
        clock.Off = TimeSpan.FromHours(-1);

        _time.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal(AttemptResult.Ok, await TryAsync(breaker, AttemptResult.Ok));
        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public void GoneModels_TheClockIsSetBack_AreAskedAgainInTime()
    {
        var clock = new SetClock(_time);
        var gone = new GoneModels(clock);
        gone.Add(Endpoint, vectors: false);
        clock.Off = TimeSpan.FromHours(-1);
        Assert.True(gone.Contains(Endpoint, vectors: false));

        _time.Advance(GoneModels.Kept);

        Assert.False(gone.Contains(Endpoint, vectors: false));
    }

    [Fact]
    public async Task Report_OfACallThatBeganBefore_DoesNotCountAsTheOneThatTries()
    {
        var breaker = Create();
        Report(breaker, AttemptResult.ServerError, 10);
        _time.Advance(TimeSpan.FromSeconds(16));

        breaker.Report(AttemptResult.Ok);

        Assert.False(breaker.IsClosed);
        Assert.Equal(AttemptResult.Ok, await TryAsync(breaker, AttemptResult.Ok));
        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public void IsDead_OnlyWithoutAnySuccess()
    {
        var breaker = Create();

        Report(breaker, AttemptResult.ServerError, 9);
        breaker.Report(AttemptResult.Ok);
        Report(breaker, AttemptResult.ServerError, 9);
        Assert.False(breaker.IsDead);
        breaker.Count(AttemptResult.ServerError);
        Assert.True(breaker.IsDead);
        breaker.Count(AttemptResult.RateLimited);
        Assert.False(breaker.IsDead);
    }

    [Fact]
    public async Task Changed_OpensTriesCloses_IsTold()
    {
        var seen = new List<BreakerState>();
        var closed = new TaskCompletionSource();
        var breakers = new Breakers(new BreakerOptions(), _time);
        breakers.Changed += change =>
        {
            seen.Add(change.State);
            if (change.State == BreakerState.Closed)
            {
                closed.SetResult();
            }
        };
        var breaker = breakers.Of(Endpoint);

        Report(breaker, AttemptResult.ServerError, 10);
        Assert.Equal(BreakerState.Open, Assert.Single(breakers.Snapshot()).State);
        _time.Advance(TimeSpan.FromSeconds(16));
        await TryAsync(breaker, AttemptResult.Ok);

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], seen);
        Assert.Equal(("openai", "gpt-4", BreakerState.Closed), (breakers.Snapshot(Endpoint).Provider, breakers.Snapshot(Endpoint).Model, breakers.Snapshot(Endpoint).State));
    }

    [Fact]
    public void IsClosed_SwitchedOff_Always()
    {
        var breaker = new Breakers(new BreakerOptions { Enabled = false }, _time).Of(Endpoint);

        Report(breaker, AttemptResult.ServerError, 100);

        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public void Report_Closed_AllocatesNothing()
    {
        var breaker = Create();
        Report(breaker, AttemptResult.Ok, 1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Report(breaker, AttemptResult.Ok, 10_000);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 10_000.0;

        Assert.True(each < 1, $"{each} bytes a call");
    }

    /// <summary>Opens a breaker and begins the call that tries after the break, to be answered.</summary>
    private (Task<AttemptResult> Call, TaskCompletionSource<AttemptResult> Answer) Try(Breaker breaker)
    {
        Report(breaker, AttemptResult.ServerError, 10);
        _time.Advance(TimeSpan.FromSeconds(16));
        var answer = new TaskCompletionSource<AttemptResult>();
        return (breaker.TryAsync(static a => new ValueTask<AttemptResult>(a.Task), answer).AsTask(), answer);
    }

    private ValueTask<AttemptResult> TryAsync(Breaker breaker, AttemptResult result) => breaker.TryAsync(
        static call =>
        {
            call.self._calls++;
            return new ValueTask<AttemptResult>(call.result);
        },
        (self: this, result));

    private Breaker Create() => new Breakers(new BreakerOptions(), _time).Of(Endpoint);

    private static void Report(Breaker breaker, AttemptResult result, int times)
    {
        for (var i = 0; i < times; i++)
        {
            breaker.Report(result);
        }
    }

    /// <summary>A machine's clock that somebody sets; its timestamps go on as they did.</summary>
    private sealed class SetClock(TimeProvider time) : TimeProvider
    {
        public TimeSpan Off { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Off;

        public override long GetTimestamp() => time.GetTimestamp();
    }
}

using Gateflow.Core.Rollout;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Tests.Fallbacks;

public sealed class BreakerTests : BreakerBench
{
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
        Time.Advance(TimeSpan.FromSeconds(31));
        breaker.Report(AttemptResult.ServerError);

        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public void GoneModels_TheClockIsSetBack_AreAskedAgainInTime()
    {
        var clock = new SetClock(Time);
        var gone = new GoneModels(clock);
        gone.Add(Endpoint, vectors: false);
        clock.Off = TimeSpan.FromHours(-1);
        Assert.True(gone.Contains(Endpoint, vectors: false));

        Time.Advance(GoneModels.Kept);

        Assert.False(gone.Contains(Endpoint, vectors: false));
    }

    [Fact]
    public async Task Report_OfACallThatBeganBefore_DoesNotCountAsTheOneThatTries()
    {
        var breaker = Create();
        Report(breaker, AttemptResult.ServerError, 10);
        Time.Advance(TimeSpan.FromSeconds(16));

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
        var breakers = new Breakers(new BreakerOptions(), Time);
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
        Time.Advance(TimeSpan.FromSeconds(16));
        await TryAsync(breaker, AttemptResult.Ok);

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], seen);
        Assert.Equal(("openai", "gpt-4", BreakerState.Closed), (breakers.Snapshot(Endpoint).Provider, breakers.Snapshot(Endpoint).Model, breakers.Snapshot(Endpoint).State));
    }

    [Fact]
    public void IsClosed_SwitchedOff_Always()
    {
        var breaker = new Breakers(new BreakerOptions { Enabled = false }, Time).Of(Endpoint);

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
}

using Gateflow.Gateway.Fallbacks;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Fallbacks;

public sealed class ProviderLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryEnter_Concurrency_HoldsUntilOneLeaves()
    {
        var limit = new ProviderLimit(2, null, null, _time);

        Assert.True(limit.TryEnter(0, out _, out _) && limit.TryEnter(0, out _, out _));
        Assert.False(limit.TryEnter(0, out _, out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        limit.Leave(default, null);
        Assert.True(limit.TryEnter(0, out _, out _));
        Assert.Equal(2, limit.UnderWay);
    }

    [Fact]
    public void TryEnter_PerMinute_NeverMoreInAnySixtySeconds()
    {
        var limit = new ProviderLimit(null, 3, null, _time);
        var taken = new List<TimeSpan>();
        var start = _time.GetTimestamp();

        for (var tick = 0; tick < 1_000; tick++)
        {
            if (limit.TryEnter(0, out _, out var wait))
            {
                taken.Add(_time.GetElapsedTime(start));
            }
            else
            {
                Assert.InRange(wait, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(60));
            }

            _time.Advance(TimeSpan.FromSeconds(0.7));
        }

        Assert.All(taken, at => Assert.True(taken.Count(t => t >= at && t < at + TimeSpan.FromSeconds(60)) <= 3));
        Assert.InRange(taken.Count, 33, 36);
    }

    [Fact]
    public void TryEnter_Full_TellsWhenTheOldestLeavesTheWindow()
    {
        var limit = new ProviderLimit(null, 2, null, _time);
        limit.TryEnter(0, out _, out _);
        _time.Advance(TimeSpan.FromSeconds(20));
        limit.TryEnter(0, out _, out _);

        Assert.False(limit.TryEnter(0, out _, out var wait));
        Assert.Equal(TimeSpan.FromSeconds(40), wait);
        _time.Advance(wait);
        Assert.True(limit.TryEnter(0, out _, out _));
    }

    [Fact]
    public void TryEnter_RefusedByConcurrency_CostsNoPlaceInTheMinute()
    {
        var limit = new ProviderLimit(1, 2, null, _time);

        Assert.True(limit.TryEnter(0, out _, out _));
        Assert.False(limit.TryEnter(0, out _, out _));
        limit.Leave(default, null);
        Assert.True(limit.TryEnter(0, out _, out _));
    }

    [Fact]
    public void TryEnter_Tokens_AreSetAsideUntilTheAnswerTellsWhatItUsed()
    {
        var limit = new ProviderLimit(null, null, 100, _time);

        Assert.True(limit.TryEnter(70, out var first, out _));
        Assert.False(limit.TryEnter(40, out _, out var wait));
        Assert.InRange(wait, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
        limit.Leave(first, used: 20);
        Assert.True(limit.TryEnter(40, out var second, out _));
        limit.Leave(second, used: null); // not known: the estimate stands
        Assert.False(limit.TryEnter(50, out _, out _));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(limit.TryEnter(1_000, out _, out _)); // more than the whole limit, in an empty minute
        Assert.False(limit.TryEnter(1, out _, out _));
    }

    [Fact]
    public void Leave_UsedLessThanWasSetAside_RestIsGivenBackToItsOwnMinuteAlone()
    {
        var limit = new ProviderLimit(null, null, 100, _time);
        Assert.True(limit.TryEnter(90, out var first, out _));
        _time.Advance(TimeSpan.FromSeconds(30));
        limit.Leave(first, used: 10);
        Assert.True(limit.TryEnter(60, out _, out _));

        _time.Advance(TimeSpan.FromSeconds(31)); // the first has left the minute, the second has not
        Assert.False(limit.TryEnter(50, out _, out _));
        Assert.True(limit.TryEnter(40, out _, out _));
    }
}

using Gateflow.Gateway.Fallbacks;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Fallbacks;

public sealed class ProviderLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryEnter_Concurrency_HoldsUntilOneLeaves()
    {
        var limit = new ProviderLimit(2, null, _time);

        Assert.True(limit.TryEnter(out _) && limit.TryEnter(out _));
        Assert.False(limit.TryEnter(out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        limit.Leave();
        Assert.True(limit.TryEnter(out _));
        Assert.Equal(2, limit.UnderWay);
    }

    [Fact]
    public void TryEnter_PerMinute_NeverMoreInAnySixtySeconds()
    {
        var limit = new ProviderLimit(null, 3, _time);
        var taken = new List<TimeSpan>();
        var start = _time.GetTimestamp();

        for (var tick = 0; tick < 1_000; tick++)
        {
            if (limit.TryEnter(out var wait))
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
        var limit = new ProviderLimit(null, 2, _time);
        limit.TryEnter(out _);
        _time.Advance(TimeSpan.FromSeconds(20));
        limit.TryEnter(out _);

        Assert.False(limit.TryEnter(out var wait));
        Assert.Equal(TimeSpan.FromSeconds(40), wait);
        _time.Advance(wait);
        Assert.True(limit.TryEnter(out _));
    }

    [Fact]
    public void TryEnter_RefusedByConcurrency_CostsNoPlaceInTheMinute()
    {
        var limit = new ProviderLimit(1, 2, _time);

        Assert.True(limit.TryEnter(out _));
        Assert.False(limit.TryEnter(out _));
        limit.Leave();
        Assert.True(limit.TryEnter(out _));
    }
}

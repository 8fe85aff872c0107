using Gateflow.Core.Usage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Usage;

public sealed class SampleGateTests
{
    private readonly FakeTimeProvider _clock = new(Requests.Start);

    [Theory]
    [InlineData(false, 1.0, 2_000)]
    [InlineData(true, 0.0, 2_000)]
    [InlineData(true, 1.0, 0)]
    public void Wants_SwitchedOff_IsFalse(bool enabled, double rate, int most) =>
        Assert.False(new SampleGate(new SamplePolicy(new SampleOptions { Enabled = enabled, Rate = rate, MaxPerModel = most }), _clock).Wants("gpt-4"));

    [Fact]
    public void Wants_ManyModelsAtOnce_TakesAtMostTwentyASecond()
    {
        var gate = new SampleGate(new SamplePolicy(new SampleOptions()), _clock);

        for (var second = 0; second < 5; second++)
        {
            Assert.Equal(20, Enumerable.Range(0, 500).Count(i => gate.Wants($"model-{i % 50}")));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Wants_OneBusyModel_SlowsToTheShareOfAnHour()
    {
        var gate = new SampleGate(new SamplePolicy(new SampleOptions { MaxPerModel = 720 }), _clock);

        var taken = Enumerable.Range(0, 3_600).Sum(_ =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Enumerable.Range(0, 30).Count(_ => gate.Wants("gpt-4"));
        });

        Assert.InRange(taken, 910, 925); // the first burst of 200, then 720 an hour
    }

    [Fact]
    public void Wants_Rate_IsKeptToWithinOnePercent()
    {
        var gate = new SampleGate(new SamplePolicy(new SampleOptions { Rate = 0.3, MaxPerModel = 1_000_000 }), _clock);

        var taken = Enumerable.Range(0, 2_000).Count(_ =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return gate.Wants("gpt-4");
        });

        Assert.InRange(taken, 580, 620);
    }

    [Fact]
    public void Wants_ManyThreads_NeverTakesMoreThanAllowed()
    {
        var gate = new SampleGate(new SamplePolicy(new SampleOptions()), _clock);
        var taken = 0;

        Parallel.For(0, 4_000, _ => Interlocked.Add(ref taken, gate.Wants("gpt-4") ? 1 : 0));

        Assert.Equal(20, taken);
    }
}

using Gateflow.Core.Replay;

namespace Gateflow.Tests.Replay;

public sealed class BootstrapTests
{
    [Fact]
    public void OfMean_EqualValues_HasNoWidth()
    {
        Assert.Equal(new Interval(3, 3), new Bootstrap(10, new Random(1)).OfMean([.. Enumerable.Repeat(3.0, 10)]));
    }

    [Fact]
    public void OfMean_OneValue_IsThatValue()
    {
        Assert.Equal(new Interval(0.4, 0.4), new Bootstrap(1, new Random(1)).OfMean([0.4]));
    }

    [Fact]
    public void OfMean_SameSeed_IsTheSame()
    {
        double[] values = [.. Enumerable.Range(0, 40).Select(i => i % 7 / 7.0)];

        Assert.Equal(new Bootstrap(40, new Random(5)).OfMean(values), new Bootstrap(40, new Random(5)).OfMean(values));
    }

    /// <summary>The nominal 95 % interval of 60 uniform values must hold the true mean in nearly 95 of 100 sets: 200 sets, at least 89 % and at most 99 %.</summary>
    [Fact]
    public void OfMean_ManySets_HoldsTheTrueMeanAsOftenAsItSays()
    {
        var random = new Random(11);
        var held = 0;
        for (var set = 0; set < 200; set++)
        {
            double[] values = [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble())];
            var interval = new Bootstrap(60, random).OfMean(values);
            held += interval.Low <= 0.5 && interval.High >= 0.5 ? 1 : 0;
        }

        Assert.InRange(held, 178, 198);
    }

    [Fact]
    public void OfRatio_EmptyDenominators_AreLeftOut()
    {
        var bootstrap = new Bootstrap(4, new Random(1));

        Assert.Null(bootstrap.OfRatio([1, 2, 3, 4], [0, 0, 0, 0]));
        Assert.Equal(2, bootstrap.OfRatio([2, 4, 6, 8], [1, 2, 3, 4])!.Low, 9);
    }
}

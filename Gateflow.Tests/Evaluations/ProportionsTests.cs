using Gateflow.Core.Evaluations;

namespace Gateflow.Tests.Evaluations;

public sealed class ProportionsTests
{
    [Fact]
    public void Of_AllSucceed_IsNoCertainty()
    {
        var interval = Proportions.Of(10, 10);

        Assert.Equal((0.722, 1.0), (Math.Round(interval.Low, 3), Math.Round(interval.High, 3)));
        Assert.Equal(interval.Low, 1 - Proportions.Of(0, 10).High, 9);
    }

    /// <summary>Simulated: two models right with 0.9 and 0.8 on the same items; the 95 % interval must hold the truth about so often.</summary>
    [Fact]
    public void OfDifference_Simulated_HoldsTheTruthAsOftenAsItSays()
    {
        const int Trials = 2_000;
        var random = new Random(7);
        var held = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var counts = new int[4];
            for (var item = 0; item < 60; item++)
            {
                var (first, second) = (random.NextDouble() < 0.9, random.NextDouble() < 0.8);
                counts[first ? second ? 0 : 1 : second ? 2 : 3]++;
            }

            var interval = Proportions.OfDifference(counts[0], counts[1], counts[2], counts[3]);
            held += interval.Low <= -0.1 && interval.High >= -0.1 ? 1 : 0;
        }

        Assert.InRange(held / (double)Trials, 0.93, 0.99);
    }
}

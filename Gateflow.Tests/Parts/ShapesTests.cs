using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Tests.Parts;

/// <summary>The geometry of ramps, histograms and heat maps.</summary>
public sealed class ShapesTests
{
    private static readonly HistogramBin[] Bins = [new(1000, 5), new(2000, 8), new(4000, 2), new(8000, 1)];

    [Theory]
    [InlineData(500, 0.125)]
    [InlineData(1000, 0.25)]
    [InlineData(3000, 0.625)]
    [InlineData(8000, 1)]
    [InlineData(128_000, 1)]
    public void Histogram_Value_StandsInsideItsBin(double value, double share) => Assert.Equal(share, HistogramShape.Position(Bins, value), 9);

    [Fact]
    public void Histogram_Limit_MarksOnlyBinsWhollyAbove() =>
        Assert.Equal([false, false, true, true], Bins.Select((_, i) => HistogramShape.IsAbove(Bins, i, 2000)));

    [Fact]
    public void Histogram_NoLimit_MarksNothing() => Assert.DoesNotContain(true, Bins.Select((_, i) => HistogramShape.IsAbove(Bins, i, null)));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(-5, 163)]
    [InlineData(14, 14)]
    public void HourOfWeek_Shift_MovesMondayMidnight(int hours, int expected)
    {
        var utc = new long[168];
        utc[0] = 7;

        Assert.Equal(expected, HourOfWeek.Shift(utc, hours).ToList().IndexOf(7));
    }

    [Fact]
    public void HourOfWeek_Name_SaysDayAndHour() => Assert.Equal("Tue 14:00", HourOfWeek.Name(38));

    [Fact]
    public void Ramp_Canary_IsDrawnToScale()
    {
        var steps = RampStep.From(RolloutSteps.Compile(new MigrationConfig { CanaryPercentage = 25, IncreaseStep = 25, IncreaseIntervalMinutes = 60 }), TimeSpan.FromHours(3));

        var shape = new RampShape(steps);

        Assert.Equal(TimeSpan.FromHours(6), shape.Total);
        Assert.Equal([8, 22, 36, 50, 92], Enumerable.Range(0, 5).Select(shape.Start));
        Assert.Equal("M0 100H8V75H22V50H36V25H50V0H100", shape.Line());
    }

    [Fact]
    public void Ramp_Instant_RisesAtOnce()
    {
        var shape = new RampShape([new RampStep(100, TimeSpan.Zero)]);

        Assert.Equal("M0 100H8V0H100", shape.Line());
        Assert.Equal(TimeSpan.Zero, shape.Total);
    }

    [Fact]
    public void Ramp_ManySteps_LabelsOnlyWhatHasRoom()
    {
        var shape = new RampShape([.. Enumerable.Range(1, 100).Select(i => new RampStep(i, TimeSpan.FromMinutes(1)))]);

        var labels = shape.Labelled();

        Assert.Equal(99, labels[^1]);
        Assert.All(labels.Zip(labels.Skip(1)), pair => Assert.True(shape.Start(pair.Second) - shape.Start(pair.First) >= 8));
        Assert.InRange(labels.Count, 8, 12);
    }

    [Fact]
    public void Ramp_Forecast_TakesTheForecastLength()
    {
        var forecast = Forecast.Estimate(new MigrationConfig { CanaryPercentage = 50, IncreaseStep = 50, IncreaseIntervalMinutes = 1, MinSamples = 100, SoakMinutes = 30 }, 100);

        var steps = RampStep.From(forecast);

        Assert.Equal(TimeSpan.FromHours(2), steps[0].Length);
    }
}

using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(1, 0.5, 300.0)]
    [InlineData(2, 1.5, 20_000.0)]
    [InlineData(3, 0.05, 0.3)]
    public void Quantile_LogNormalLatencies_IsWithinOnePercentOfExact(int seed, double sigma, double median)
    {
        var values = LogNormal(seed, sigma, median, 20_000);
        var histogram = Of(values);

        Array.Sort(values);

        Assert.Equal(values.Length, histogram.Count);
        foreach (var q in new[] { 0, 0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1 })
        {
            var exact = values[Math.Max(0, (int)Math.Ceiling(q * values.Length) - 1)];
            Assert.InRange(histogram.Quantile(q)!.Value / exact, 0.99, 1.01);
        }
    }

    [Fact]
    public void Quantile_OfEveryValueInRange_IsWithinOnePercent()
    {
        for (var ms = 0.1; ms < 36_000_000; ms *= 1.0037)
        {
            var histogram = Of([ms]);

            Assert.InRange(histogram.Quantile(0.5)!.Value / ms, 0.99, 1.01);
        }
    }

    [Fact]
    public void Quantile_Empty_IsNull() => Assert.Null(new LatencyHistogram().Quantile(0.5));

    [Fact]
    public void Add_OutOfRange_CountsAtTheNearestEnd()
    {
        var histogram = Of([-5, 0, double.PositiveInfinity]);

        Assert.Equal(3, histogram.Count);
        Assert.InRange(histogram.Quantile(0)!.Value, 0.098, 0.101);
        Assert.InRange(histogram.Quantile(1)!.Value, 35_600_000, 36_400_000);
    }

    [Fact]
    public void Add_Unknown_IsNotCounted() => Assert.Equal(0, Of([double.NaN]).Count);

    [Fact]
    public void Merge_TwoHalves_EqualsAllAtOnce()
    {
        var values = LogNormal(7, 1, 400, 5_000);
        var half = Of(values[..1_000]);

        half.Merge(Of(values[1_000..]));

        Assert.Equal(Of(values).Pack(), half.Pack());
    }

    [Fact]
    public void Unpack_OfPacked_IsTheSameHistogram()
    {
        var histogram = Of([.. LogNormal(9, 1.2, 900, 3_000), 0.1, 36_000_000]);
        histogram.Add(50, 5_000_000_000);

        var copy = LatencyHistogram.Unpack(histogram.Pack());

        Assert.Equal(histogram.Count, copy.Count);
        Assert.Equal(histogram.Pack(), copy.Pack());
        Assert.Equal(histogram.Quantile(0.99), copy.Quantile(0.99));
    }

    [Fact]
    public void Pack_OneThousandRequestsOfAnHour_StaysSmall()
    {
        Assert.Empty(new LatencyHistogram().Pack());
        Assert.InRange(Of(LogNormal(4, 0.6, 1_200, 1_000)).Pack().Length, 50, 450);
    }

    [Theory]
    [InlineData(new byte[] { 9, 1, 1 })]
    [InlineData(new byte[] { 1, 0x80 })]
    [InlineData(new byte[] { 1, 0xFF, 0xFF, 0x7F, 1 })]
    public void Unpack_Damaged_Throws(byte[] packed) => Assert.Throws<FormatException>(() => LatencyHistogram.Unpack(packed));

    [Fact]
    public void Add_AfterWarmUp_AllocatesNothing()
    {
        var values = LogNormal(5, 0.8, 700, 2_000);
        var histogram = Of(values);
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var value in values)
        {
            histogram.Add(value);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static LatencyHistogram Of(double[] values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values)
        {
            histogram.Add(value);
        }

        return histogram;
    }

    private static double[] LogNormal(int seed, double sigma, double median, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
            median * Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}

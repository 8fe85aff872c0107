using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class ContextHistogramTests
{
    [Fact]
    public void Quantile_OfEverySize_IsWithinOnePercent()
    {
        for (long tokens = 1; tokens < 2_000_000; tokens += 1 + (tokens / 50))
        {
            var histogram = new ContextHistogram();
            histogram.Add(tokens);

            Assert.InRange(histogram.Quantile(0.5)!.Value / tokens, 0.99, 1.01);
        }
    }

    [Theory]
    [InlineData(256)]
    [InlineData(1024)]
    [InlineData(8192)]
    [InlineData(131_072)]
    public void ShareAbove_APowerOfTwo_IsExact(long limit)
    {
        var histogram = new ContextHistogram();
        histogram.Add(limit - 1, 2);
        histogram.Add(limit, 3);
        histogram.Add(limit + 1, 5);

        Assert.Equal(0.5, histogram.ShareAbove(limit), 12);
        Assert.Equal(0.5, histogram.ShareUpTo(limit), 12);
    }

    [Fact]
    public void ShareUpTo_AnySize_IsCloseToExact()
    {
        var random = new Random(11);
        var sizes = Enumerable.Range(0, 20_000).Select(_ => 1 + (long)(20_000 * Math.Pow(random.NextDouble(), 3))).ToArray();
        var histogram = Of(sizes);

        foreach (var limit in new long[] { 3, 100, 777, 3_000, 10_001, 19_000 })
        {
            Assert.Equal(sizes.Count(s => s <= limit) / 20_000.0, histogram.ShareUpTo(limit), 0.004);
        }

        Assert.Equal(0, histogram.ShareUpTo(0));
        Assert.Equal(1, histogram.ShareUpTo(long.MaxValue));
    }

    [Fact]
    public void Share_Empty_IsZero()
    {
        Assert.Equal(0, new ContextHistogram().ShareAbove(10));
        Assert.Equal(0, new ContextHistogram().ShareUpTo(10));
        Assert.Null(new ContextHistogram().Quantile(0.5));
    }

    [Fact]
    public void Bins_SizesAtTheEdges_FallIntoTheBinTheyEnd()
    {
        var histogram = Of([1, 256, 257, 512, 3_000, 8_192, 8_193]);

        Assert.Equal(
            [new(256, 2), new(512, 2), new(1024, 0), new(2048, 0), new(4096, 1), new(8192, 1), new(16_384, 1)],
            histogram.Bins());
        Assert.Empty(new ContextHistogram().Bins());
    }

    [Fact]
    public void Bins_BeyondTheRange_AreCountedInTheLast() =>
        Assert.Equal(1, Of([long.MaxValue]).Bins()[^1].Requests);

    [Fact]
    public void MergeAndUnpack_TwoHalves_EqualAllAtOnce()
    {
        var sizes = Enumerable.Range(1, 4_000).Select(i => (long)i * 31).ToArray();
        var half = Of(sizes[..500]);

        half.Merge(Of(sizes[500..]));

        Assert.Equal(Of(sizes).Pack(), half.Pack());
        Assert.Equal(half.Pack(), ContextHistogram.Unpack(half.Pack()).Pack());
    }

    private static ContextHistogram Of(long[] sizes)
    {
        var histogram = new ContextHistogram();
        foreach (var size in sizes)
        {
            histogram.Add(size);
        }

        return histogram;
    }
}

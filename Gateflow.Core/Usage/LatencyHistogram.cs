namespace Gateflow.Core.Usage;

/// <summary>
/// Latencies in milliseconds, from 0.1 ms to 10 h (beyond: the nearest of the two), as counts in logarithmic buckets. Merging is exact,
/// quantiles are at most 1 % off. Not thread-safe.
/// </summary>
public sealed class LatencyHistogram
{
    private const double Least = 0.1;
    private const double Most = 36_000_000;
    private static readonly int Limit = Index(Most) + 1;

    private readonly LogBuckets _buckets = new(Limit);

    /// <summary>Number of latencies added.</summary>
    public long Count => _buckets.Count;

    public static LatencyHistogram Unpack(ReadOnlySpan<byte> packed)
    {
        var histogram = new LatencyHistogram();
        histogram.MergePacked(packed);
        return histogram;
    }

    /// <param name="ms">Milliseconds; NaN (unknown) is not counted.</param>
    public void Add(double ms) => Add(ms, 1);

    /// <param name="ms">Milliseconds; NaN (unknown) is not counted.</param>
    /// <param name="count">How many of them, 0 or more.</param>
    public void Add(double ms, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!double.IsNaN(ms) && count > 0)
        {
            _buckets.Add(Index(ms), count);
        }
    }

    public void Merge(LatencyHistogram other) => _buckets.Merge(other._buckets);

    /// <summary>Adds a packed histogram. Throws <see cref="FormatException"/> when it is none.</summary>
    public void MergePacked(ReadOnlySpan<byte> packed) => _buckets.MergePacked(packed);

    /// <summary>The latency that a share <paramref name="q"/> (0–1) of all do not exceed, ms (nearest rank); null without any.</summary>
    public double? Quantile(double q) => _buckets.IndexAt(q) is var index and >= 0 ? Middle(index) : null;

    /// <summary>A compact form for a column; empty without a latency.</summary>
    public byte[] Pack() => _buckets.Pack();

    private static int Index(double ms) =>
        (int)Math.Ceiling(Math.Log2(Math.Clamp(ms, Least, Most) / Least) * LogBuckets.PerOctave);

    /// <summary>The value that is equally far, relatively, from both edges of its bucket.</summary>
    private static double Middle(int index)
    {
        var edge = Least * Math.Pow(2, index / (double)LogBuckets.PerOctave);
        return edge * 2 / (1 + Math.Pow(2, 1.0 / LogBuckets.PerOctave));
    }
}

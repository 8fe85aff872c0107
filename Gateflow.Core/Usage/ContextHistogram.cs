namespace Gateflow.Core.Usage;

/// <summary>
/// Context sizes (input + output of one request) in tokens, up to 16 M, as counts in logarithmic buckets. Powers of two are edges, so shares by
/// them are exact; quantiles are at most 1 % off. Not thread-safe.
/// </summary>
public sealed class ContextHistogram
{
    private const int Octaves = 24;
    private const long LeastBin = 256;

    /// <summary>Largest size of each bucket; small buckets may hold no whole number at all.</summary>
    private static readonly long[] Edges =
        [.. Enumerable.Range(0, (Octaves * LogBuckets.PerOctave) + 1).Select(i => (long)Math.Floor(Math.Pow(2, i / (double)LogBuckets.PerOctave)))];

    private readonly LogBuckets _buckets = new(Edges.Length);

    /// <summary>Number of requests added.</summary>
    public long Count => _buckets.Count;

    public static ContextHistogram Unpack(ReadOnlySpan<byte> packed)
    {
        var histogram = new ContextHistogram();
        histogram.MergePacked(packed);
        return histogram;
    }

    /// <param name="tokens">Size; below 1 counts as 1.</param>
    /// <param name="count">How many requests of it, 0 or more.</param>
    public void Add(long tokens, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count > 0)
        {
            _buckets.Add(Index(tokens), count);
        }
    }

    public void Merge(ContextHistogram other) => _buckets.Merge(other._buckets);

    /// <summary>Adds a packed histogram. Throws <see cref="FormatException"/> when it is none.</summary>
    public void MergePacked(ReadOnlySpan<byte> packed) => _buckets.MergePacked(packed);

    /// <summary>The size that a share <paramref name="q"/> (0–1) of requests do not exceed, tokens (nearest rank); null without any.</summary>
    public double? Quantile(double q) => _buckets.IndexAt(q) is var index and >= 0 ? (Below(index) + 1 + Edges[index]) / 2.0 : null;

    /// <summary>Share of requests, 0–1, larger than <paramref name="limit"/> tokens; 0 without any.</summary>
    public double ShareAbove(long limit) => Count == 0 ? 0 : 1 - ShareUpTo(limit);

    /// <summary>Share of requests, 0–1, of at most <paramref name="limit"/> tokens; 0 without any. Within a bucket sizes are taken as evenly spread.</summary>
    public double ShareUpTo(long limit)
    {
        if (Count == 0 || limit < 1)
        {
            return 0;
        }

        var bucket = Index(limit);
        double within = 0;
        for (var index = _buckets.Start; index < bucket; index++)
        {
            within += _buckets[index];
        }

        var low = Below(bucket);
        within += _buckets[bucket] * Math.Min(1, (limit - low) / (double)(Edges[bucket] - low));
        return within / Count;
    }

    /// <summary>Requests by size in bins that double from 256 tokens (256, 512, 1k, 2k …) up to the largest in use; empty without any.</summary>
    public IReadOnlyList<ContextBin> Bins()
    {
        var bins = new List<ContextBin>();
        var index = 0;
        long left = Count;
        for (var upTo = LeastBin; left > 0; upTo *= 2)
        {
            long requests = 0;
            for (; index < Edges.Length && Edges[index] <= upTo; index++)
            {
                requests += _buckets[index];
            }

            bins.Add(new ContextBin(upTo, requests));
            left -= requests;
        }

        return bins;
    }

    /// <summary>A compact form for a column; empty without a request.</summary>
    public byte[] Pack() => _buckets.Pack();

    /// <summary>The first bucket whose edge is not below the size. The logarithm is a guess that rounding may put one off.</summary>
    private static int Index(long tokens)
    {
        var size = Math.Clamp(tokens, 1, Edges[^1]);
        var index = Math.Min((int)Math.Ceiling(Math.Log2(size) * LogBuckets.PerOctave), Edges.Length - 1);
        while (index > 0 && Edges[index - 1] >= size)
        {
            index--;
        }

        while (Edges[index] < size)
        {
            index++;
        }

        return index;
    }

    private static long Below(int index) => index == 0 ? 0 : Edges[index - 1];
}

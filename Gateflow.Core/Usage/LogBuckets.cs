namespace Gateflow.Core.Usage;

/// <summary>
/// Counts in buckets whose edges grow by 2^(1/36): a value that stands in the middle of its bucket is off by at most 0.97 %
/// (DDSketch: Masson, Rim &amp; Lee 2019, section 2). Every 36th edge is a power of two, exactly. Only the range in use is held.
/// </summary>
internal sealed class LogBuckets
{
    /// <summary>Buckets between a value and its double.</summary>
    public const int PerOctave = 36;

    private const int Chunk = 64;
    private const byte Format = 1;

    private readonly int _limit;
    private long[] _counts = [];
    private int _first;

    /// <param name="limit">Number of buckets; indexes are 0 to limit − 1.</param>
    public LogBuckets(int limit) => _limit = limit;

    public long Count { get; private set; }

    /// <summary>First index that may hold a count.</summary>
    public int Start => _first;

    /// <summary>Index after the last that may hold a count.</summary>
    public int End => _first + _counts.Length;

    public long this[int index] => index >= _first && index < End ? _counts[index - _first] : 0;

    public void Add(int index, long count)
    {
        if (index < _first || index >= End)
        {
            Grow(index);
        }

        _counts[index - _first] += count;
        Count += count;
    }

    public void Merge(LogBuckets other)
    {
        for (var index = other.Start; index < other.End; index++)
        {
            if (other[index] is var count and > 0)
            {
                Add(index, count);
            }
        }
    }

    /// <summary>The bucket of the smallest value that at least a share <paramref name="q"/> of all values do not exceed; -1 without a value.</summary>
    public int IndexAt(double q)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(q);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q, 1);
        if (Count == 0)
        {
            return -1;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(q * Count));
        var index = _first - 1;
        for (long seen = 0; seen < rank;)
        {
            seen += _counts[++index - _first];
        }

        return index;
    }

    /// <summary>One format byte, then a pair of (buckets skipped, count) for each bucket in use; nothing at all without a value.</summary>
    public byte[] Pack()
    {
        if (Count == 0)
        {
            return [];
        }

        var buffer = new byte[1 + (2 * Varint.MaxBytes * _counts.Length)];
        var position = 0;
        buffer[position++] = Format;
        var next = 0;
        for (var index = Start; index < End; index++)
        {
            if (this[index] is var count and > 0)
            {
                Varint.Write(buffer, ref position, (ulong)(index - next));
                Varint.Write(buffer, ref position, (ulong)count);
                next = index + 1;
            }
        }

        return buffer[..position];
    }

    /// <summary>Adds what <see cref="Pack"/> wrote.</summary>
    public void MergePacked(ReadOnlySpan<byte> packed)
    {
        if (packed.IsEmpty)
        {
            return;
        }

        if (packed[0] != Format)
        {
            throw new FormatException($"A packed histogram has the format {packed[0]}, which this version does not know.");
        }

        var position = 1;
        var index = 0UL;
        while (position < packed.Length)
        {
            index += Varint.Read(packed, ref position);
            var count = Varint.Read(packed, ref position);
            if (index >= (ulong)_limit || count > long.MaxValue)
            {
                throw new FormatException("A packed histogram holds a bucket or count out of range.");
            }

            Add((int)index++, (long)count);
        }
    }

    private void Grow(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _limit);
        var empty = _counts.Length == 0;
        var from = (empty ? index : Math.Min(index, _first)) / Chunk * Chunk;
        var to = ((empty ? index : Math.Max(index, End - 1)) / Chunk * Chunk) + Chunk;
        var counts = new long[to - from];
        _counts.CopyTo(counts, empty ? 0 : _first - from);
        (_counts, _first) = (counts, from);
    }
}

namespace Gateflow.Core.Usage;

/// <summary>Requests by hour of a day, packed: 24 numbers.</summary>
internal static class HourCounts
{
    private const int Hours = 24;

    /// <summary>Adds requests of one hour, 0–23.</summary>
    public static byte[] Add(ReadOnlySpan<byte> packed, int hour, long requests)
    {
        Span<long> counts = stackalloc long[Hours];
        AddTo(counts, packed);
        counts[hour] += requests;
        Span<byte> buffer = stackalloc byte[Hours * Varint.MaxBytes];
        var position = 0;
        foreach (var count in counts)
        {
            Varint.Write(buffer, ref position, (ulong)count);
        }

        return buffer[..position].ToArray();
    }

    /// <summary>The first hour with a request; -1 without one.</summary>
    public static int First(ReadOnlySpan<byte> packed)
    {
        Span<long> counts = stackalloc long[Hours];
        AddTo(counts, packed);
        return counts.IndexOfAnyExcept(0L);
    }

    /// <param name="counts">24 counts, to be added to.</param>
    /// <param name="packed">What <see cref="Add"/> gave; empty for nothing.</param>
    public static void AddTo(Span<long> counts, ReadOnlySpan<byte> packed)
    {
        var position = 0;
        for (var hour = 0; hour < Hours && position < packed.Length; hour++)
        {
            counts[hour] += (long)Varint.Read(packed, ref position);
        }
    }
}

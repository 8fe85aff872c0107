using System.Numerics;
using Gateflow.Core.Catalog;

namespace Gateflow.Core.Usage;

/// <summary>Requests by capability used: one count for each bit of <see cref="Capabilities"/>. Not thread-safe.</summary>
public sealed class CapabilityCounts
{
    /// <summary>All but the sign of what is stored.</summary>
    private const int Bits = 63;

    private readonly long[] _counts = new long[Bits];

    /// <summary>Requests that used one capability.</summary>
    public long this[Capabilities flag] => BitOperations.IsPow2((ulong)flag)
        ? _counts[BitOperations.TrailingZeroCount((ulong)flag)]
        : throw new ArgumentOutOfRangeException(nameof(flag), flag, "Not one single capability.");

    /// <summary>The capabilities that some request used.</summary>
    public Capabilities Used
    {
        get
        {
            var set = 0UL;
            for (var bit = 0; bit < Bits; bit++)
            {
                set |= _counts[bit] > 0 ? 1UL << bit : 0;
            }

            return (Capabilities)set;
        }
    }

    public static CapabilityCounts Unpack(ReadOnlySpan<byte> packed)
    {
        var counts = new CapabilityCounts();
        counts.MergePacked(packed);
        return counts;
    }

    /// <summary>Counts a request for each capability that it used.</summary>
    public void Add(Capabilities used, long requests = 1)
    {
        for (var rest = (ulong)used; rest != 0; rest &= rest - 1)
        {
            _counts[BitOperations.TrailingZeroCount(rest)] += requests;
        }
    }

    public void Merge(CapabilityCounts other)
    {
        for (var bit = 0; bit < Bits; bit++)
        {
            _counts[bit] += other._counts[bit];
        }
    }

    /// <summary>A compact form for a column: the set of bits in use, then their counts; empty when there are none.</summary>
    public byte[] Pack()
    {
        var used = (ulong)Used;
        if (used == 0)
        {
            return [];
        }

        Span<byte> buffer = stackalloc byte[(Bits + 1) * Varint.MaxBytes];
        var position = 0;
        Varint.Write(buffer, ref position, used);
        for (var rest = used; rest != 0; rest &= rest - 1)
        {
            Varint.Write(buffer, ref position, (ulong)_counts[BitOperations.TrailingZeroCount(rest)]);
        }

        return buffer[..position].ToArray();
    }

    /// <summary>Adds packed counts. Throws <see cref="FormatException"/> when they are none.</summary>
    public void MergePacked(ReadOnlySpan<byte> packed)
    {
        if (packed.IsEmpty)
        {
            return;
        }

        var position = 0;
        var used = Varint.Read(packed, ref position);
        if (used > long.MaxValue)
        {
            throw new FormatException("Packed capability counts name a bit that does not exist.");
        }

        for (var rest = (ulong)used; rest != 0; rest &= rest - 1)
        {
            _counts[BitOperations.TrailingZeroCount(rest)] += (long)Varint.Read(packed, ref position);
        }
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Gateflow.Core.Rollout;

/// <summary>
/// XXH64 (Collet, github.com/Cyan4973/xxHash, doc/xxhash_spec.md) over UTF-8 bytes. The same value in every process and version,
/// which <see cref="string.GetHashCode()"/> is not: assignment and stored units rest on it. Not for secrets. Allocates nothing.
/// </summary>
public static class StableHash
{
    private const ulong P1 = 0x9E3779B185EBCA87, P2 = 0xC2B2AE3D27D4EB4F, P3 = 0x165667B19E3779F9, P4 = 0x85EBCA77C2B2AE63, P5 = 0x27D4EB2F165667C5;

    /// <summary>Hash of a text's UTF-8 bytes.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0)
    {
        const int OnStack = 512;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = most > OnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        try
        {
            var utf8 = rented is null ? stackalloc byte[OnStack] : rented;
            return Of(utf8[..Encoding.UTF8.GetBytes(text, utf8)], seed);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Hash of bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var length = (ulong)bytes.Length;
        ulong h;
        if (bytes.Length >= 32)
        {
            ulong a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
            for (; bytes.Length >= 32; bytes = bytes[32..])
            {
                a = Round(a, Word(bytes));
                b = Round(b, Word(bytes[8..]));
                c = Round(c, Word(bytes[16..]));
                d = Round(d, Word(bytes[24..]));
            }

            h = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            h = Merge(Merge(Merge(Merge(h, a), b), c), d);
        }
        else
        {
            h = seed + P5;
        }

        h += length;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            h = (BitOperations.RotateLeft(h ^ Round(0, Word(bytes)), 27) * P1) + P4;
        }

        if (bytes.Length >= 4)
        {
            h = (BitOperations.RotateLeft(h ^ (BinaryPrimitives.ReadUInt32LittleEndian(bytes) * P1), 23) * P2) + P3;
            bytes = bytes[4..];
        }

        foreach (var x in bytes)
        {
            h = BitOperations.RotateLeft(h ^ (x * P5), 11) * P1;
        }

        return Avalanche(h);
    }

    /// <summary>One hash of two; the order matters.</summary>
    public static ulong Combine(ulong first, ulong second) =>
        Avalanche((BitOperations.RotateLeft(Round(0, first) ^ Round(P5, second), 27) * P1) + P4);

    private static ulong Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static ulong Round(ulong acc, ulong word) => BitOperations.RotateLeft(acc + (word * P2), 31) * P1;

    private static ulong Merge(ulong h, ulong acc) => ((h ^ Round(0, acc)) * P1) + P4;

    private static ulong Avalanche(ulong h)
    {
        h = (h ^ (h >> 33)) * P2;
        h = (h ^ (h >> 29)) * P3;
        return h ^ (h >> 32);
    }
}

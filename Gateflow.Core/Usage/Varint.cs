namespace Gateflow.Core.Usage;

/// <summary>Unsigned numbers in 7-bit groups, low ones first (LEB128): small counts take one byte.</summary>
internal static class Varint
{
    public const int MaxBytes = 10;

    public static void Write(Span<byte> to, ref int position, ulong value)
    {
        while (value >= 0x80)
        {
            to[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        to[position++] = (byte)value;
    }

    public static ulong Read(ReadOnlySpan<byte> from, ref int position)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position >= from.Length)
            {
                throw new FormatException("A packed count ends in the middle of a number.");
            }

            var next = from[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("A packed count holds a number of more than 64 bits.");
    }
}

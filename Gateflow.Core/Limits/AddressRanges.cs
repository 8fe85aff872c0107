using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateflow.Core.Limits;

/// <summary>
/// A set of addresses, IPv4 and IPv6: single ones ("192.0.2.7", "2001:db8::1") and networks ("10.0.0.0/8", "2001:db8::/32"). An IPv4 address is the
/// same as its mapped form ("::ffff:192.0.2.7"), which is how dual-stack sockets report it.
/// </summary>
public sealed class AddressRanges
{
    public static readonly AddressRanges None = new([]);

    private const int Bits = 128;
    private const int MappedBits = 96;

    private readonly (UInt128 Network, UInt128 Mask)[] _ranges;

    private AddressRanges((UInt128, UInt128)[] ranges) => _ranges = ranges;

    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>The ranges of the texts that can be read; a text that cannot adds nothing.</summary>
    public static AddressRanges Of(IEnumerable<string> texts)
    {
        List<(UInt128, UInt128)> ranges = [];
        foreach (var text in texts)
        {
            if (TryParse(text, out var range))
            {
                ranges.Add(range);
            }
        }

        return new AddressRanges([.. ranges]);
    }

    /// <summary>True for an address, or an address and the length of its network: 0–32 bits (IPv4) or 0–128 (IPv6).</summary>
    public static bool IsValid(string? text) => TryParse(text, out _);

    /// <summary>An address as people write it; null when it is none. Short forms such as "10.1" and octal ones are none.</summary>
    public static IPAddress? Address(ReadOnlySpan<char> text) =>
        !text.ContainsAny('%', '[') && IPAddress.TryParse(text, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.SequenceEqual(address.ToString())) ? address : null;

    /// <summary>True when the address lies in one of the ranges; false without an address.</summary>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        var value = Value(address);
        foreach (var (network, mask) in _ranges)
        {
            if ((value & mask) == network)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryParse(string? text, out (UInt128 Network, UInt128 Mask) range)
    {
        range = default;
        var whole = (text ?? "").AsSpan().Trim();
        var slash = whole.IndexOf('/');
        if (Address(slash < 0 ? whole : whole[..slash]) is not { } address)
        {
            return false;
        }

        var offset = address.AddressFamily == AddressFamily.InterNetwork ? MappedBits : 0;
        var length = Bits - offset;
        if (slash >= 0 && (!int.TryParse(whole[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > Bits - offset))
        {
            return false;
        }

        length += offset;
        var mask = length == 0 ? UInt128.Zero : UInt128.MaxValue << (Bits - length);
        range = (Value(address) & mask, mask);
        return true;
    }

    /// <summary>The address as IPv6, the first bit highest.</summary>
    private static UInt128 Value(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[10] = bytes[11] = 0xFF;
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}

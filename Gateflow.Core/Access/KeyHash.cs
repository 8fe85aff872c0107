using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateflow.Core.Access;

/// <summary>
/// SHA-256 of a key's secret. A plain hash is enough because secrets are 256 random bits: there is nothing to guess.
/// </summary>
public readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>In bytes: more than any key of ours.</summary>
    private const int OnStack = 512;

    /// <summary>Hash of the secret as it stands in the request's header.</summary>
    public static KeyHash Of(ReadOnlySpan<char> secret)
    {
        var most = Encoding.UTF8.GetMaxByteCount(secret.Length);
        Span<byte> utf8 = most <= OnStack ? stackalloc byte[OnStack] : new byte[most];
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(secret, utf8)], hash);
        return Parse(hash);
    }

    /// <summary>The hash from its 32 bytes.</summary>
    public static KeyHash Parse(ReadOnlySpan<byte> hash) => new(
        BinaryPrimitives.ReadUInt64BigEndian(hash),
        BinaryPrimitives.ReadUInt64BigEndian(hash[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[24..]));

    /// <summary>Its first half in hexadecimal: tells keys apart where the whole hash need not stand.</summary>
    public string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"{A:x16}{B:x16}");

    /// <summary>The 32 bytes of the hash.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), D);
        return bytes;
    }
}

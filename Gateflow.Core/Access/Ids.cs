using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gateflow.Core.Access;

/// <summary>Makes ids such as "mig_01k9…": a prefix and 26 characters that grow with time (a version 7 GUID in Crockford's base 32), and secrets.</summary>
public static class Ids
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int Random = 10;

    [ThreadStatic]
    private static byte[]? t_random;

    [ThreadStatic]
    private static int t_used;

    /// <summary>A new id: prefix, underscore, 26 characters.</summary>
    public static string New(string prefix, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds() << 16);
        NextRandom().CopyTo(bytes[6..]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70); // version 7
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80); // variant of RFC 9562
        return string.Create(prefix.Length + 1 + TextLength(bytes.Length), new IdParts(prefix, bytes), static (text, parts) =>
        {
            parts.Prefix.CopyTo(text);
            text[parts.Prefix.Length] = '_';
            Encode(parts.Bytes, text[(parts.Prefix.Length + 1)..]);
        });
    }

    /// <summary>A secret of 256 random bits behind a prefix, e.g. "gw_prod_…".</summary>
    public static string NewSecret(string prefix) => prefix + Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Random bytes are drawn for many ids at once: a draw is a call of the system, and each request has an id.</summary>
    private static ReadOnlySpan<byte> NextRandom()
    {
        var random = t_random ??= new byte[64 * Random];
        if (t_used == 0)
        {
            RandomNumberGenerator.Fill(random);
        }

        var next = random.AsSpan(t_used, Random);
        t_used = (t_used + Random) % random.Length;
        return next;
    }

    private static int TextLength(int bytes) => ((bytes * 8) + 4) / 5;

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[TextLength(bytes.Length)];
        Encode(bytes, text);
        return new string(text);
    }

    private static void Encode(ReadOnlySpan<byte> bytes, Span<char> text)
    {
        for (int i = 0, bit = 0; i < text.Length; i++, bit += 5)
        {
            var index = bit / 8;
            var pair = (bytes[index] << 8) | (index + 1 < bytes.Length ? bytes[index + 1] : 0);
            text[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
        }
    }

    private readonly ref struct IdParts(string prefix, ReadOnlySpan<byte> bytes)
    {
        public ReadOnlySpan<char> Prefix { get; } = prefix;

        public ReadOnlySpan<byte> Bytes { get; } = bytes;
    }
}

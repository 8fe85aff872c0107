using System.Security.Cryptography;

namespace Gateflow.Core.Access;

/// <summary>Makes ids such as "mig_01k9…": a prefix and 26 characters that grow with time (a version 7 GUID in Crockford's base 32), and secrets.</summary>
public static class Ids
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A new id: prefix, underscore, 26 characters.</summary>
    public static string New(string prefix, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
        return $"{prefix}_{Encode(bytes)}";
    }

    /// <summary>A secret of 256 random bits behind a prefix, e.g. "gw_prod_…".</summary>
    public static string NewSecret(string prefix) => prefix + Encode(RandomNumberGenerator.GetBytes(32));

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        var length = ((bytes.Length * 8) + 4) / 5;
        Span<char> text = stackalloc char[length];
        for (int i = 0, bit = 0; i < length; i++, bit += 5)
        {
            var index = bit / 8;
            var pair = (bytes[index] << 8) | (index + 1 < bytes.Length ? bytes[index + 1] : 0);
            text[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
        }

        return new string(text);
    }
}

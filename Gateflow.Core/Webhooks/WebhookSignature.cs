using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateflow.Core.Webhooks;

/// <summary>
/// Signatures of messages by the Standard Webhooks convention (standardwebhooks.com): HMAC-SHA256 with the bytes of the secret over
/// "id.timestamp.body", as "v1," and base 64.
/// </summary>
public static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32;

    /// <summary>A new secret: "whsec_" and 32 random bytes in base 64.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    /// <param name="secret">As <see cref="NewSecret"/> gives it.</param>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="at">When it is sent; <c>webhook-timestamp</c> has it in whole seconds since 1970.</param>
    /// <param name="body">The bytes sent.</param>
    public static string Sign(string secret, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}."));
        byte[] signed = [.. head, .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), signed));
    }
}

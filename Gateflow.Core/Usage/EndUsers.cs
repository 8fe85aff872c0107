using System.Security.Cryptography;
using System.Text;

namespace Gateflow.Core.Usage;

/// <summary>Names of a customer's own users, as requests give them.</summary>
internal static class EndUsers
{
    public const int MaxLength = 64;

    /// <summary>The name under which a user is counted: as given, or a hash when it looks like a mail address or is too long.</summary>
    public static string Name(string user) => user.Length <= MaxLength && !user.AsSpan().ContainsAny('@', '\0')
        ? user
        : "user_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user)))[..16];
}

using System.Security.Cryptography;
using System.Text;

namespace Gateflow.Simulator.Requests;

internal static class Credentials
{
    private const string Scheme = "Bearer ";

    /// <summary>Null without a bearer token.</summary>
    public static string? Bearer(HttpRequest request)
    {
        var given = request.Headers.Authorization.ToString();
        return given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && given.Length > Scheme.Length ? given[Scheme.Length..] : null;
    }

    /// <summary>Null without a value.</summary>
    public static string? Header(HttpRequest request, string name) =>
        request.Headers[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>In a time that does not tell how much of it matches.</summary>
    public static bool Match(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}

using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Access;

/// <summary>Step 1: who asks. A hash and a look-up in memory.</summary>
internal static class KeyCheck
{
    private const string Scheme = "Bearer ";

    /// <summary>Finds the key of the request; the error when there is none that may be used now.</summary>
    /// <param name="trusted">The proxies that are believed when they say who calls.</param>
    /// <param name="anthropic">Whether x-api-key is taken as well, where Anthropic's clients send their key.</param>
    public static GatewayError? Authenticate(HttpContext http, RouteTable table, DateTimeOffset now, AddressRanges trusted, out KeyEntry key, bool anthropic = false)
    {
        key = null!;
        var secret = Secret(http.Request.Headers, anthropic);
        if (secret.IsEmpty)
        {
            return GatewayError.MissingKey;
        }

        if (!table.Keys.TryGetValue(KeyHash.Of(secret), out var entry))
        {
            return GatewayError.InvalidKey;
        }

        key = entry;
        return entry.RevokedAt is { } revoked && revoked <= now ? GatewayError.RevokedKey
            : entry.ExpiresAt is { } expires && expires <= now ? GatewayError.ExpiredKey
            : entry.AllowedAddresses is { } allowed ? CheckAddress(http, allowed, trusted)
            : null;
    }

    private static GatewayError? CheckAddress(HttpContext http, AddressRanges allowed, AddressRanges trusted)
    {
        var caller = CallerAddress.Of(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"], trusted);
        return allowed.Contains(caller) ? null : GatewayError.AddressNotAllowed(caller);
    }

    private static ReadOnlySpan<char> Secret(IHeaderDictionary headers, bool anthropic)
    {
        var header = headers.Authorization.ToString().AsSpan().Trim();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim()
            : anthropic ? headers["x-api-key"].ToString().AsSpan().Trim()
            : default;
    }

    /// <summary>True when the key may ask for a model of one of these names.</summary>
    public static bool Allows(KeyEntry key, string asked, string resolved, string? id) =>
        key.AllowedModels is not { } allowed || Has(allowed, asked) || Has(allowed, resolved) || (id is not null && Has(allowed, id));

    private static bool Has(IReadOnlyList<string> allowed, string name) => allowed.Contains(name, StringComparer.Ordinal);
}

using System.Security.Claims;
using System.Text.Encodings.Web;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Management;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Gateflow.Dashboard.Access;

/// <summary>Authenticates the management API and the hub by a key: bearer, x-api-key, or access_token on the hub.</summary>
public sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Routes routes, Settings settings, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Key";

    /// <summary>Which secret it was: the key of the configuration keeps its id when it is changed.</summary>
    public const string FingerprintClaim = "gateflow.key";

    /// <summary>The key as the request carries it; null when it carries none.</summary>
    public static string? Presented(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return header[7..].Trim();
        }

        return request.Headers["x-api-key"].FirstOrDefault()
            ?? (request.Path.StartsWithSegments("/hubs") ? request.Query["access_token"].FirstOrDefault() : null);
    }

    /// <summary>True when the key may be used from where the request comes from.</summary>
    public static bool IsAllowed(KeyEntry key, HttpContext http, AddressRanges trustedProxies) =>
        key.AllowedAddresses?.Contains(CallerAddress.Of(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"], trustedProxies)) ?? true;

    /// <summary>True while the key may be used.</summary>
    public static bool IsValid(KeyEntry key, DateTimeOffset now) => key.RevokedAt is null && !(key.ExpiresAt <= now);

    /// <summary>Who calls by the key, or has signed in by it.</summary>
    public static ClaimsPrincipal Principal(KeyHash hash, KeyEntry key, string scheme)
    {
        List<Claim> claims = [new(ClaimTypes.Name, key.Name), new(ClaimTypes.NameIdentifier, key.Id), new(FingerprintClaim, hash.Fingerprint)];
        claims.AddRange(Enum.GetValues<Role>().Where(r => r <= key.Role && Enum.IsDefined(key.Role)).Select(r => new Claim(ClaimTypes.Role, r.ToString())));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Presented(Request) is not { Length: > 0 } secret)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var hash = KeyHash.Of(secret);
        return Task.FromResult(routes.Current.Keys.TryGetValue(hash, out var key) && IsValid(key, clock.GetUtcNow())
            && IsAllowed(key, Context, settings.TrustedProxies)
            ? AuthenticateResult.Success(new AuthenticationTicket(Principal(hash, key, SchemeName), SchemeName))
            : AuthenticateResult.Fail("unknown key"));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        (Presented(Request) is null
            ? ApiErrors.Error(401, "authentication_error", "missing_api_key", "No key was sent. Send 'Authorization: Bearer gw_…'.")
            : ApiErrors.Error(401, "authentication_error", "invalid_api_key", "The key is unknown, revoked, expired or not allowed from this address."))
        .ExecuteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ApiErrors.Error(403, "permission_error", "insufficient_permissions", "This key may not do that: it takes a key of a higher role.")
            .ExecuteAsync(Context);
}

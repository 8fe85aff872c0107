using System.Security.Claims;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Members;

namespace Gateflow.Dashboard.Access;

/// <summary>
/// Whether somebody is still who they were when they came in: one answer for cookies, open pages, connections of the hub and streams. A member's right may
/// end, and a key may be revoked, run out or, in the configuration, be replaced by another.
/// </summary>
public sealed class Sessions(MemberSessions members, Routes routes, Settings settings, TimeProvider clock)
{
    /// <summary>True while the member or key of the principal may come in.</summary>
    /// <param name="user">As it was made at the sign-in or the call.</param>
    /// <param name="http">The request that is looked at, for keys that are bound to addresses; null for none.</param>
    /// <param name="cancellationToken">Ends the looking up.</param>
    public async Task<bool> StandsAsync(ClaimsPrincipal user, HttpContext? http, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(user);
        var id = user.FindFirstValue(ClaimTypes.NameIdentifier);
        return MemberSessions.IsMember(id)
            ? await members.StandsAsync(user, cancellationToken)
            : KeyStands(id, user.FindFirstValue(KeyAuthentication.FingerprintClaim), http);
    }

    private bool KeyStands(string? id, string? fingerprint, HttpContext? http) => routes.Current.Keys.Any(k =>
        k.Value.Id == id && k.Key.Fingerprint == fingerprint && KeyAuthentication.IsValid(k.Value, clock.GetUtcNow())
        && (http is null || KeyAuthentication.IsAllowed(k.Value, http, settings.TrustedProxies)));
}

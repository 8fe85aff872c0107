using System.Security.Claims;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Members;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Gateflow.Dashboard.Access;

/// <summary>Ends the rights of pages that stay open after their member was disabled, or their key revoked: looked at twice a minute.</summary>
internal sealed class SessionWatch(ILoggerFactory logger, MemberSessions members, Routes routes, TimeProvider clock)
    : RevalidatingServerAuthenticationStateProvider(logger)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var id = authenticationState.User.FindFirstValue(ClaimTypes.NameIdentifier);
        return MemberSessions.IsMember(id)
            ? await members.StandsAsync(authenticationState.User, cancellationToken)
            : routes.Current.Keys.Values.FirstOrDefault(k => k.Id == id) is { } key && KeyAuthentication.IsValid(key, clock.GetUtcNow());
    }
}

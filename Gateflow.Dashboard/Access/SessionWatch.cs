using Gateflow.Core.Storage;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Gateflow.Dashboard.Access;

/// <summary>Ends the rights of pages that stay open after their session ended: looked at twice a minute.</summary>
internal sealed class SessionWatch(ILoggerFactory logger, Sessions sessions) : RevalidatingServerAuthenticationStateProvider(logger)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.StandsAsync(authenticationState.User, null, cancellationToken);
        }
        catch (Exception fault) when (DatabaseFault.MayPass(fault))
        {
            return true; // signed out, the page would have no rollback and no way back; it is looked at again
        }
    }
}

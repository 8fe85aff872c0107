using System.Security.Claims;
using Gateflow.Dashboard.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Who sits at the page, and whether they may change things.</summary>
/// <param name="Name">The actor that events and history name.</param>
/// <param name="MayEdit">False for viewers: they see everything and no mutating button.</param>
public sealed record Acting(string Name, bool MayEdit)
{
    public static async Task<Acting> OfAsync(Task<AuthenticationState> state, IAuthorizationService authorization)
    {
        ArgumentNullException.ThrowIfNull(state);
        var user = (await state).User;
        return new Acting(user.FindFirstValue(ClaimTypes.Name) ?? "unknown", (await authorization.AuthorizeAsync(user, null, Policies.Operator)).Succeeded);
    }
}

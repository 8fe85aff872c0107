using Gateflow.Core.Routing;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Access;

/// <summary>Signing in: by password or key in the form, or by the one-time link that the program printed. Rendered without a circuit.</summary>
public sealed partial class LoginPage(NavigationManager navigation, SignInLinks links, RefusedSignIns refused, Routes routes)
{
    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    /// <summary>What went wrong before: key, role, link or form.</summary>
    [SupplyParameterFromQuery]
    private string? Fault { get; set; }

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    /// <summary>The token of a sign-in link.</summary>
    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    private string? SignedInAs => Http.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : null;

    private string? Message => Fault switch
    {
        null => null,
        "key" => "This key is unknown, revoked or expired. Check that it was copied whole.",
        "password" => "Address and password do not belong together, or the member is disabled. An administrator can make you a new link.",
        "slow" => "The password of this member was tried too often. Wait half a minute.",
        "role" => "This key belongs to an application: it calls models, but opens no dashboard. Use a key of role viewer or higher.",
        "link" => "This sign-in link was used already or is older than a day. Restart Gateflow for a fresh one, or use a key.",
        "form" => "The page was too old to sign in with. Enter the key once more.",
        _ => "Signing in failed. Try again.",
    };

    protected override async Task OnInitializedAsync()
    {
        if (Token is null)
        {
            return;
        }

        var id = links.Redeem(Token);
        if (routes.Current.Keys.FirstOrDefault(k => k.Value.Id == id) is { Value: { } key } found)
        {
            await SignInEndpoints.SignInAsync(Http, found.Key, key);
            navigation.NavigateTo(SignInEndpoints.Local(ReturnUrl));
        }
        else
        {
            refused.Note(Http);
            navigation.NavigateTo(SignInEndpoints.Refused("link", ReturnUrl));
        }
    }
}

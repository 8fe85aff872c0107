using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Members;

/// <summary>A member's change of their own password. Rendered without a circuit.</summary>
public sealed partial class PasswordPage(MemberBook members)
{
    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    /// <summary>What went wrong before.</summary>
    [SupplyParameterFromQuery]
    private string? Fault { get; set; }

    /// <summary>The member's address; null for who signed in with a key.</summary>
    private string? Email { get; set; }

    private string? Message => Fault switch
    {
        null => null,
        "present" => "The present password is not right. Nothing was changed.",
        "slow" => "Too many tries. Nothing was changed; try again in a minute.",
        "differ" => "The two new passwords differ.",
        "weak" => MemberPasswords.Weak,
        _ => "The page was too old. Enter the passwords once more.",
    };

    protected override async Task OnInitializedAsync()
    {
        var id = (await Authentication).User.FindFirstValue(ClaimTypes.NameIdentifier);
        Email = MemberSessions.IsMember(id) ? (await members.FindAsync(id!, CancellationToken.None))?.Email : null;
    }
}

using Gateflow.Core.Members;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Members;

/// <summary>Taking an invitation: looking at the link does not use it up, choosing a password does. Rendered without a circuit.</summary>
public sealed partial class InvitePage(MemberPasswords passwords)
{
    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    /// <summary>What went wrong before.</summary>
    [SupplyParameterFromQuery]
    private string? Fault { get; set; }

    private Member? Member { get; set; }

    private string? Message => Fault switch
    {
        null => null,
        "differ" => "The two passwords differ.",
        "weak" => MemberPasswords.Weak,
        _ => "The page was too old. Enter the password once more.",
    };

    protected override async Task OnInitializedAsync() => Member = await passwords.InvitedAsync(Token ?? "", CancellationToken.None);
}

using System.Security.Claims;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Members;

/// <summary>The members, for administrators.</summary>
public sealed partial class MembersPage(MemberBook book, DialogService dialogs, IAuthorizationService authorization, TimeProvider clock) : IDisposable
{
    private readonly Loaded<IReadOnlyList<MemberView>> members = new("The members");
    private readonly CancellationTokenSource left = new();
    private string? failed;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    public void Dispose()
    {
        left.Cancel();
        left.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        if ((await authorization.AuthorizeAsync((await Session).User, null, Policies.Admin)).Succeeded)
        {
            await ReadAsync();
        }
    }

    private static string? SignedInAs(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier);

    private Task ReadAsync() => members.ReadAsync(async () => await book.ListAsync(left.Token));

    private async Task OpenAsync(MemberView? member, string? link = null)
    {
        failed = null;
        await dialogs.OpenAsync<MemberDialog>(
            link is not null ? $"Link for {member!.Name}" : member is null ? "Invite member" : $"Edit {member.Name}",
            new Dictionary<string, object?>
            {
                [nameof(MemberDialog.Member)] = member, [nameof(MemberDialog.Link)] = link, [nameof(MemberDialog.Actor)] = (await Acting.OfAsync(Session, authorization)).Name,
            },
            new DialogOptions { Width = "520px", CloseDialogOnOverlayClick = false, AutoFocusFirstElement = true });
        await ReadAsync();
    }

    private async Task ResetAsync(MemberView member)
    {
        failed = null;
        if (await dialogs.ConfirmAsync(MemberWords.Resetting(member)) is null)
        {
            return;
        }

        var made = await book.ResetAsync(member.Id, CancellationToken.None);
        failed = made.Refusal?.Message;
        if (made.IsOk)
        {
            await OpenAsync(made.Value.View, made.Value.Link);
        }
    }

    private async Task RemoveAsync(MemberView member)
    {
        failed = null;
        if (await dialogs.ConfirmAsync(MemberWords.Removing(member)) is not null)
        {
            failed = (await book.RemoveAsync(member.Id, CancellationToken.None)).Refusal?.Message;
            await ReadAsync();
        }
    }
}

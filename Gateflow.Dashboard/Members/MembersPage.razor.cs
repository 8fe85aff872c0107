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
    private readonly Saving saving = new();
    private readonly CancellationTokenSource left = new();

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
        saving.Forget();
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
        saving.Forget();
        if (await dialogs.ConfirmAsync(MemberWords.Resetting(member)) is null)
        {
            return;
        }

        InvitedMember? made = null;
        await saving.TryAsync(async () =>
        {
            var reset = await book.ResetAsync(member.Id, CancellationToken.None);
            made = reset.Value;
            return reset.Refusal?.Message;
        }, confirmed: true);
        if (made is not null)
        {
            await OpenAsync(made.View, made.Link);
        }
    }

    private async Task RemoveAsync(MemberView member)
    {
        saving.Forget();
        if (await dialogs.ConfirmAsync(MemberWords.Removing(member)) is not null)
        {
            await saving.TryAsync(async () => (await book.RemoveAsync(member.Id, CancellationToken.None)).Refusal?.Message, confirmed: true);
            await ReadAsync();
        }
    }
}

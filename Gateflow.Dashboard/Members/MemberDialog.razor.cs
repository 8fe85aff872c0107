using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Members;

/// <summary>Asks for a member's name, address and role, by the API's own rules, and shows a new link this once.</summary>
public sealed partial class MemberDialog(MemberBook book, DialogService dialogs)
{
    private IReadOnlyList<Fault> faults = [];
    private string? name;
    private string? email;
    private Role role = Role.Viewer;
    private bool disabled;
    private string? link;
    private string? refusal;
    private bool busy;

    /// <summary>The member to change; null for a new one.</summary>
    [Parameter]
    public MemberView? Member { get; set; }

    /// <summary>A link that was just made, to be shown; null to ask.</summary>
    [Parameter]
    public string? Link { get; set; }

    /// <summary>Who does it.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    protected override void OnInitialized()
    {
        link = Link;
        if (Member is not null)
        {
            (name, email, role, disabled) = (Member.Name, Member.Email, Member.Role, Member.Status == MemberStatus.Disabled);
        }
    }

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private async Task SubmitAsync()
    {
        if (busy)
        {
            return;
        }

        busy = true;
        try
        {
            var request = new JsonObject { ["name"] = name ?? "", ["email"] = email ?? "", ["role"] = Wire.Name(role) };
            Refusal? refused;
            if (Member is null)
            {
                var invited = await book.InviteAsync(request, Actor, CancellationToken.None);
                (refused, link) = (invited.Refusal, invited.Value?.Link);
            }
            else
            {
                request["disabled"] = disabled;
                refused = (await book.UpdateAsync(Member.Id, request, CancellationToken.None)).Refusal;
            }

            faults = refused?.Faults ?? [];
            refusal = faults.Count == 0 ? refused?.Message : null;
            if (refused is null && link is null)
            {
                dialogs.Close(true);
            }
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            refusal = DatabaseFault.NotSaved(broken);
        }
        finally
        {
            busy = false;
        }
    }
}

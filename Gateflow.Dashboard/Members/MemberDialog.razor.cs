using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Members;

/// <summary>Asks for a member's name, address and role, by the API's own rules, and shows a new link this once.</summary>
public sealed partial class MemberDialog(MemberBook book, DialogService dialogs)
{
    private readonly Saving saving = new();
    private IReadOnlyList<Fault> faults = [];
    private JsonObject shown = [];
    private string? name;
    private string? email;
    private Role role = Role.Viewer;
    private bool disabled;
    private string? link;

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
            shown = Request();
        }
    }

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private JsonObject Request() => new() { ["name"] = name ?? "", ["email"] = email ?? "", ["role"] = Wire.Name(role), ["disabled"] = disabled };

    private Task<bool> SubmitAsync() => saving.TryAsync(async () =>
    {
        Refusal? refused;
        if (Member is null)
        {
            var invited = await book.InviteAsync(Request(), Actor, CancellationToken.None);
            (refused, link) = (invited.Refusal, invited.Value?.Link);
        }
        else
        {
            refused = (await book.UpdateAsync(Member.Id, FormEdit.Patch(shown, Request()), CancellationToken.None, shown)).Refusal;
        }

        faults = refused?.Faults ?? [];
        if (refused is null && link is null)
        {
            dialogs.Close(true);
        }

        return faults.Count == 0 ? refused?.Message : null;
    });
}

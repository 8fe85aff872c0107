using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Live;

/// <summary>The verbs of a migration as buttons, each behind a dialog that says what will happen.</summary>
public sealed partial class LiveActions(Conduct conduct, DialogService dialogs)
{
    private bool asking;
    private bool busy;
    private string? fault;
    private (string Id, MigrationStatus Status, int Step, int Steps, string Verbs, bool Busy, string? Fault) drawn;

    [Parameter, EditorRequired]
    public LiveSnapshot Snapshot { get; set; } = default!;

    /// <summary>Raised after a verb was carried out or refused: either way the page reads anew.</summary>
    [Parameter]
    public EventCallback OnDone { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Person { get; set; } = default!;

    /// <summary>The buttons stay as they are while the same verbs are allowed: what their dialogs say is written when they open.</summary>
    protected override bool ShouldRender()
    {
        var migration = Snapshot.Migration;
        var now = (migration.MigrationId, migration.Status, migration.Progress.Step, migration.Progress.Steps, string.Join(' ', migration.AllowedActions), busy, fault);
        var changed = now != drawn;
        drawn = now;
        return changed;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever failed is told beside the buttons.")]
    private async Task RunAsync(LiveAction shown)
    {
        if (asking)
        {
            return; // a second click of a double one
        }

        (asking, fault) = (true, null);
        var migration = Snapshot.Migration;
        var seen = migration.Seen; // it may move on while the dialog is read
        var action = ActionWords.Of(migration).FirstOrDefault(a => a.Verb == shown.Verb) ?? shown;
        try
        {
            if (await dialogs.ConfirmAsync(action.Confirm) is not { } answer)
            {
                return;
            }

            busy = true;
            var result = await RunAsync(action.Verb, await ActorAsync(), answer.Reason, seen);
            fault = result.Refusal?.Message;
        }
        catch (Exception exception)
        {
            fault = $"{action.Label} failed: {exception.Message}";
        }
        finally
        {
            asking = busy = false;
        }

        await OnDone.InvokeAsync();
    }

    private async Task EditAsync()
    {
        if (asking)
        {
            return;
        }

        (asking, fault) = (true, null);
        try
        {
            await dialogs.OpenAsync<EditPlanDialog>(
                "Edit how it goes on",
                new Dictionary<string, object?> { [nameof(EditPlanDialog.Migration)] = Snapshot.Migration, [nameof(EditPlanDialog.Actor)] = await ActorAsync() },
                new DialogOptions { Width = "720px", CloseDialogOnOverlayClick = false, AutoFocusFirstElement = true });
        }
        finally
        {
            asking = false;
        }

        await OnDone.InvokeAsync();
    }

    private async Task<string> ActorAsync() => (await Person).User.FindFirstValue(ClaimTypes.Name) ?? "unknown";

    private Task<Result<Migration>> RunAsync(string verb, string actor, string? reason, Seen seen)
    {
        var id = Snapshot.Migration.MigrationId;
        return verb switch
        {
            "execute" => conduct.ExecuteAsync(id, actor, reason, CancellationToken.None, seen),
            "pause" => conduct.PauseAsync(id, actor, reason, CancellationToken.None),
            "resume" => conduct.ResumeAsync(id, actor, reason, CancellationToken.None, seen),
            "approve" => conduct.ApproveAsync(id, actor, reason, CancellationToken.None, seen),
            "advance" => conduct.AdvanceAsync(id, actor, reason, CancellationToken.None, seen),
            "promote" => conduct.PromoteAsync(id, actor, reason, CancellationToken.None, seen),
            "cancel" => conduct.CancelAsync(id, actor, reason, CancellationToken.None, seen),
            "rollback" => conduct.RollBackAsync(id, actor, reason),
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
        };
    }
}

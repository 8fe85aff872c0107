using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>The note of a rollback, read and written in place.</summary>
public sealed partial class RollbackNote(RollbackNotes notes)
{
    private RollbackView rollback = null!;
    private string? draft;
    private string? fault;
    private bool saving;

    [Parameter, EditorRequired]
    public RollbackView Rollback { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    protected override void OnParametersSet() => rollback = Rollback;

    private async Task SaveAsync()
    {
        saving = true;
        var actor = (await Session).User.Identity?.Name ?? "unknown";
        var written = await notes.WriteAsync(rollback.MigrationId, draft, actor, CancellationToken.None);
        saving = false;
        fault = written.Refusal?.Message;
        if (written.IsOk)
        {
            (rollback, draft) = (written.Value, null);
        }
    }
}

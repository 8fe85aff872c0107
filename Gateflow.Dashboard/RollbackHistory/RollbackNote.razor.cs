using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>The note of a rollback, read and written in place.</summary>
public sealed partial class RollbackNote(RollbackNotes notes)
{
    private readonly Saving saving = new();
    private RollbackView rollback = null!;
    private RollbackView? seen;
    private string? draft;

    [Parameter, EditorRequired]
    public RollbackView Rollback { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    protected override void OnParametersSet() => rollback = Rollback;

    private void Begin()
    {
        (seen, draft) = (rollback, rollback.Note ?? "");
        saving.Forget();
    }

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        var actor = (await Session).User.Identity?.Name ?? "unknown";
        var written = await notes.WriteAsync(rollback.MigrationId, draft, actor, CancellationToken.None, seen);
        if (written.IsOk)
        {
            (rollback, draft) = (written.Value, null);
        }

        return written.Refusal?.Message;
    });
}

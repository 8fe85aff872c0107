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
    private ElementReference title;
    private ElementReference area;
    private bool turned;

    [Parameter, EditorRequired]
    public RollbackView Rollback { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    protected override void OnParametersSet() => rollback = Rollback;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (turned)
        {
            turned = false;
            await (draft is null ? title : area).FocusAsync(); // the button that was pressed is gone
        }
    }

    private void Begin()
    {
        (seen, draft, turned) = (rollback, rollback.Note ?? "", true);
        saving.Forget();
    }

    private void End() => (draft, turned) = (null, true);

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        var actor = (await Session).User.Identity?.Name ?? "unknown";
        var written = await notes.WriteAsync(rollback.MigrationId, draft, actor, CancellationToken.None, seen);
        if (written.IsOk)
        {
            rollback = written.Value;
            End();
        }

        return written.Refusal?.Message;
    });
}

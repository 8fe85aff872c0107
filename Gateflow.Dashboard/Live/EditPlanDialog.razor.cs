using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Live;

/// <summary>Changes what a paused migration may still have changed: how it goes on, and tighter limits. Judged while typing by the API's rules.</summary>
public sealed partial class EditPlanDialog(Drafting drafting, DialogService dialogs)
{
    private readonly Saving saving = new();
    private ConfigDraft draft = new(new MigrationConfig());
    private ConfigDraft stored = new(new MigrationConfig());

    /// <summary>The migration as it was when the dialog was opened.</summary>
    [Parameter, EditorRequired]
    public MigrationView Migration { get; set; } = default!;

    /// <summary>Who does it.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    private bool HasCanary => draft.Config is var config && (config.EffectiveStrategy == Strategy.Canary
        || (config.EffectiveStrategy == Strategy.Shadow && (config.Strategy == Strategy.Scheduled || config.Then is null or Strategy.Canary)));

    /// <summary>The guardrails that were armed at the start, each with the limit that stands.</summary>
    private IEnumerable<(string Field, string Label, string Unit, string Limit)> Armed =>
        from guard in new[] { (Name: "error_rate", Label: "Error rate", Unit: "%"), (Name: "latency_p99_increase", Label: "Latency", Unit: "times"), (Name: "quality_score_drop", Label: "Drop in quality", Unit: "") }
        let name = $"rollback_threshold.{guard.Name}"
        let limit = stored.Number(name)
        where limit.Length > 0
        select (name, guard.Label, guard.Unit, $"{limit} {guard.Unit}".TrimEnd());

    protected override void OnInitialized() => (draft, stored) = (new ConfigDraft(Migration.Config, onlyTyped: true), new ConfigDraft(Migration.Config));

    private void Auto(ChangeEventArgs change) => draft.SetFlag("auto_rollback", change.Value is true);

    private async Task SubmitAsync()
    {
        if (draft.IsDirty && draft.Faults.Count == 0)
        {
            await saving.TryAsync(SaveAsync);
        }
    }

    private async Task<string?> SaveAsync()
    {
        var saved = await drafting.ConfigureAsync(Migration.MigrationId, draft.Patch(), Actor, CancellationToken.None, draft.Seen());
        if (saved.IsOk)
        {
            dialogs.Close(true);
        }

        return saved.Refusal?.Message;
    }
}

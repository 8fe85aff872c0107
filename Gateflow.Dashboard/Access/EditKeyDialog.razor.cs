using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Access;

/// <summary>Changes what a key is called, what it counts for and how much it may ask for; by the API's own PATCH.</summary>
public sealed partial class EditKeyDialog(ApiKeys store, DialogService dialogs)
{
    private readonly List<Fault> faults = [];
    private LimitDraft limits = new();
    private string? name;
    private string? feature;
    private string? refusal;
    private bool busy;

    [Parameter, EditorRequired]
    public KeyView Key { get; set; } = default!;

    protected override void OnInitialized() => (name, feature, limits) = (Key.Name, Key.Feature, LimitDraft.Of(Key));

    private string? Fault(string field) => faults.Find(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private async Task SubmitAsync()
    {
        refusal = null;
        faults.Clear();
        var patch = limits.Patch(faults);
        patch["name"] = name;
        patch["feature"] = feature;
        if (busy || faults.Count > 0)
        {
            return;
        }

        busy = true;
        try
        {
            var result = await store.UpdateAsync(Key.Id, patch, CancellationToken.None);
            if (result.IsOk)
            {
                dialogs.Close(true);
                return;
            }

            faults.AddRange(result.Refusal.Faults);
            refusal = faults.Count == 0 ? result.Refusal.Message : null;
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

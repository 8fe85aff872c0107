using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Access;

/// <summary>Changes what a key is called, what it counts for and how much it may ask for; by the API's own PATCH.</summary>
public sealed partial class EditKeyDialog(ApiKeys store, DialogService dialogs)
{
    private readonly List<Fault> faults = [];
    private readonly Saving saving = new();
    private LimitDraft limits = new();
    private JsonObject shown = [];
    private string? name;
    private string? feature;

    [Parameter, EditorRequired]
    public KeyView Key { get; set; } = default!;

    protected override void OnInitialized()
    {
        (name, feature, limits) = (Key.Name, Key.Feature, LimitDraft.Of(Key));
        shown = Request();
    }

    private JsonObject Request()
    {
        var request = limits.Patch(faults);
        (request["name"], request["feature"]) = (name, feature);
        return request;
    }

    private string? Fault(string field) => faults.Find(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private Task<bool> SubmitAsync() => saving.TryAsync(async () =>
    {
        faults.Clear();
        var patch = FormEdit.Patch(shown, Request(), levels: 2);
        if (faults.Count > 0)
        {
            return null;
        }

        var result = await store.UpdateAsync(Key.Id, patch, CancellationToken.None, KeyPatch.Of(Key));
        if (result.IsOk)
        {
            dialogs.Close(true);
            return null;
        }

        faults.AddRange(result.Refusal.Faults);
        return faults.Count == 0 ? result.Refusal.Message : null;
    });
}

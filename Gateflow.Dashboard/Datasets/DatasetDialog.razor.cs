using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Asks for a new set's name and what it is filled with, makes it by the API's own rules, and closes with its id.</summary>
public sealed partial class DatasetDialog(DatasetBook book, DialogService dialogs)
{
    private readonly SampleDraft draft = new();
    private readonly Saving saving = new();
    private IReadOnlyList<Fault> faults = [];
    private bool sampled;
    private string? name;
    private string? description;

    /// <summary>Who makes the set.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private Task<bool> SubmitAsync() => saving.TryAsync(async () =>
    {
        var made = await book.CreateAsync(new CreateDataset { Name = name, Description = description, Samples = sampled ? draft.Read() : null }, Actor, CancellationToken.None);
        if (made.IsOk)
        {
            dialogs.Close(made.Value.DatasetId);
            return null;
        }

        faults = made.Refusal.Faults;
        return faults.Count == 0 ? made.Refusal.Message : null;
    });
}

using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Adds items to a set: a sample of production, a file, or one prompt; says what was added and what was skipped.</summary>
public sealed partial class AddItemsPanel(DatasetItemBook book, NavigationManager navigation)
{
    private const long MostBytes = 50 * 1024 * 1024;

    private readonly Saving saving = new();
    private SampleDraft draft = new();
    private IReadOnlyList<Fault> faults = [];
    private AddReport? report;
    private string? system;
    private string? prompt;
    private string? expected;
    private bool isFile;

    [Parameter, EditorRequired]
    public string DatasetId { get; set; } = "";

    /// <summary>Raised when items may have come.</summary>
    [Parameter]
    public EventCallback OnAdded { get; set; }

    private Task SampleAsync() => DoAsync(false, () => book.AddAsync(DatasetId, new AddItems { Samples = draft.Read() }, CancellationToken.None));

    private Task AddAsync() => DoAsync(false, async () =>
    {
        if (string.IsNullOrWhiteSpace(prompt))
        {
            return Refusal.Invalid("prompt", "Write a prompt first.");
        }

        var item = DatasetLine.Prompt(prompt, system);
        item["expected"] = string.IsNullOrWhiteSpace(expected) ? null : expected;
        var added = await book.AddAsync(DatasetId, new AddItems { Items = [item] }, CancellationToken.None);
        if (added.IsOk)
        {
            (prompt, expected) = (null, null);
        }

        return added;
    });

    private Task UploadAsync(InputFileChangeEventArgs change) => change.FileCount == 0 ? Task.CompletedTask : DoAsync(true, async () =>
    {
        if (change.File.Size > MostBytes)
        {
            return Refusal.Invalid("file", $"The file is larger than {MostBytes / 1024 / 1024} MB; send it by the API, which reads any size.");
        }

        try
        {
            await using var stream = change.File.OpenReadStream(MostBytes);
            return await book.UploadAsync(DatasetId, stream, CancellationToken.None);
        }
        catch (Exception broken) when (broken is IOException or TimeoutException)
        {
            return Refusal.Invalid("file", "The file could not be read to its end. What had come is in the set; choose the file again, nothing is added twice.");
        }
    });

    private async Task DoAsync(bool file, Func<Task<Result<AddReport>>> add)
    {
        await saving.TryAsync(async () =>
        {
            (isFile, report, faults) = (file, null, []);
            var added = await add();
            report = added.Value;
            faults = added.Refusal?.Faults ?? [];
            return added.Refusal is { } refusal && !refusal.Faults.Any(f => f.Param.StartsWith("samples.", StringComparison.Ordinal)) ? refusal.Message : null;
        });
        await OnAdded.InvokeAsync();
    }
}

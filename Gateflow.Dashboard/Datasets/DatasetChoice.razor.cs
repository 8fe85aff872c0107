using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Chooses one of the datasets that have items, or none.</summary>
public sealed partial class DatasetChoice(DatasetBook book)
{
    private const int Most = 200;

    private readonly Loaded<IReadOnlyList<DatasetView>> datasets = new("The datasets");

    [Parameter]
    public string Id { get; set; } = "dataset-choice";

    [Parameter]
    public string Label { get; set; } = "Requests from";

    /// <summary>What choosing no dataset means.</summary>
    [Parameter]
    public string NoneText { get; set; } = "recent production";

    /// <summary>The dataset's id; null for none.</summary>
    [Parameter]
    public string? Value { get; set; }

    [Parameter]
    public EventCallback<string?> ValueChanged { get; set; }

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => datasets.ReadAsync(async () => [.. (await book.ListAsync(Most, null, CancellationToken.None)).Data.Where(d => d.Items > 0)]);
}

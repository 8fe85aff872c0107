using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Adds chosen pairs of a replay to a dataset, or makes one of them, by the API's own rules.</summary>
public sealed partial class AddPairsForm(DatasetBook book, DatasetItemBook items)
{
    private const int MostSets = 200;

    private readonly Loaded<IReadOnlyList<DatasetView>> datasets = new("The datasets");
    private readonly Saving saving = new();
    private string datasetId = "";
    private string expected = "source";
    private string? name;
    private string? fault;

    [Parameter, EditorRequired]
    public string TestId { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<string> PairIds { get; set; } = [];

    [Parameter, EditorRequired]
    public string SourceModel { get; set; } = "";

    [Parameter, EditorRequired]
    public string TargetModel { get; set; } = "";

    /// <summary>Who adds them.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    /// <summary>The set, with the report of what was added.</summary>
    [Parameter]
    public EventCallback<DatasetView> OnAdded { get; set; }

    [Parameter]
    public EventCallback OnClose { get; set; }

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => datasets.ReadAsync(async () => (await book.ListAsync(MostSets, null, CancellationToken.None)).Data);

    private async Task AddAsync()
    {
        if (PairIds.Count > 0)
        {
            await saving.TryAsync(SaveAsync);
        }
    }

    private async Task<string?> SaveAsync()
    {
        fault = null;
        var added = await SendAsync(new FromPairs { TestId = TestId, PairIds = PairIds, Expected = expected });
        if (added.IsOk)
        {
            await OnAdded.InvokeAsync(added.Value);
            return null;
        }

        if (added.Refusal.Param != "name" && !added.Refusal.Faults.Any(f => f.Param == "name"))
        {
            return added.Refusal.Message;
        }

        fault = added.Refusal.Faults.FirstOrDefault(f => f.Param == "name")?.Message ?? added.Refusal.Message;
        return null;
    }

    private async Task<Result<DatasetView>> SendAsync(FromPairs pairs)
    {
        if (datasetId.Length == 0)
        {
            return await book.CreateAsync(new CreateDataset { Name = name, Pairs = pairs }, Actor, CancellationToken.None);
        }

        var added = await items.AddAsync(datasetId, new AddItems { Pairs = pairs }, CancellationToken.None);
        return !added.IsOk ? added.Refusal
            : await book.FindAsync(datasetId, CancellationToken.None) is { } set ? set with { Added = added.Value }
            : DatasetBook.NotFound(datasetId);
    }
}

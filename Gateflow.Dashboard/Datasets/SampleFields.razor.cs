using Gateflow.Core.Migrations;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Datasets;

/// <summary>The fields of a sample of stored requests; models of which some are stored are offered.</summary>
public sealed partial class SampleFields(DatasetItemBook book)
{
    private readonly string id = $"samples-{Guid.NewGuid():N}"[..14];
    private IReadOnlyList<string> models = [];

    [Parameter, EditorRequired]
    public SampleDraft Draft { get; set; } = default!;

    [Parameter]
    public IReadOnlyList<Fault> Faults { get; set; } = [];

    protected override async Task OnInitializedAsync() => models = await book.SampledModelsAsync(CancellationToken.None);

    private string Id(string field) => $"{id}-{field}";

    private string? Fault(string field) => Faults.FirstOrDefault(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";
}

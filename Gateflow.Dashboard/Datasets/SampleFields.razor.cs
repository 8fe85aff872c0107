using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Datasets;

/// <summary>The fields of a sample of stored requests; models of which some are stored are offered, none when they cannot be read: any may be typed.</summary>
public sealed partial class SampleFields(DatasetItemBook book)
{
    private readonly string id = $"samples-{Guid.NewGuid():N}"[..14];
    private readonly Loaded<IReadOnlyList<string>> models = new("The models");

    [Parameter, EditorRequired]
    public SampleDraft Draft { get; set; } = default!;

    [Parameter]
    public IReadOnlyList<Fault> Faults { get; set; } = [];

    protected override Task OnInitializedAsync() => models.ReadAsync(async () => await book.SampledModelsAsync(CancellationToken.None));

    private string Id(string field) => $"{id}-{field}";

    private string? Fault(string field) => Faults.FirstOrDefault(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";
}

using Gateflow.Core.Evaluations;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>The runs of a dataset over time: a chart of one score, and a table of all.</summary>
public sealed partial class RunHistory
{
    private RunTable table = new([], []);
    private string? chosen;

    /// <summary>Newest first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<EvaluationView> Runs { get; set; } = [];

    private string? Shown => chosen is not null && table.Labels.Contains(chosen) ? chosen : table.Labels.Count > 0 ? table.Labels[0] : null;

    protected override void OnParametersSet() => table = RunTable.Of(Runs);

    private static EvaluatorType? Type(RunRow row, string label) => row.Run.Setup.Evaluators.FirstOrDefault(e => e.Label == label)?.Type;
}

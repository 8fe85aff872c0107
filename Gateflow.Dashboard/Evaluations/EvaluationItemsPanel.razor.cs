using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>The items of a run side by side, the worst first.</summary>
public sealed partial class EvaluationItemsPanel(EvaluationReader reader)
{
    private const int Size = 5;

    private readonly Loaded<Page> items = new("The answers");
    private EvaluationOrder order = EvaluationOrder.Worst;
    private int skip;

    [Parameter, EditorRequired]
    public EvaluationView Run { get; set; } = default!;

    protected override Task OnParametersSetAsync() => ReadAsync();

    private string Pressed(EvaluationOrder of) => order == of ? "true" : "false";

    private Task ReadAsync() => items.ReadAsync(async () =>
    {
        var (found, more) = await reader.ItemsAsync(Run, order, skip, Size, CancellationToken.None);
        return new Page(found, more);
    });

    private Task OrderAsync(EvaluationOrder wanted)
    {
        (order, skip) = (wanted, 0);
        return ReadAsync();
    }

    private Task PageAsync(int by)
    {
        skip = Math.Max(0, skip + by);
        return ReadAsync();
    }

    private sealed record Page(IReadOnlyList<EvaluationItemView> Items, bool More);
}

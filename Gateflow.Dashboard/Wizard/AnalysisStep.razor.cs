using System.Globalization;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 1: how the model was used in the last 30 days.</summary>
public sealed partial class AnalysisStep(Drafting drafting, ViewerZone viewer, TimeProvider clock)
{
    private readonly Saving saving = new();
    private TimeSpan ahead;
    private string zone = "UTC";

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private IReadOnlyList<HistogramBin> Bins => [.. State.Analysis!.ContextHistogram.Select(b => new HistogramBin(b.UpTo, b.Requests))];

    /// <summary>What input and output of a request must fit in; a limit of the input alone where no window is stated.</summary>
    private int? Window => State.Target?.ContextWindow ?? State.Target?.MaxInputTokens;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && await viewer.GetAsync() is { } found && found.GetUtcOffset(clock.GetUtcNow()) is { Ticks: not 0 } offset)
        {
            (ahead, zone) = (offset, found.Id);
            StateHasChanged();
        }
    }

    private async Task AnalyseAsync()
    {
        await saving.TryAsync(async () => (await drafting.AnalyzeAsync(State.Id, Acting.Name, CancellationToken.None)).Refusal?.Message);
        await OnChanged.InvokeAsync();
    }

    private static string Share(long part, long all) => string.Create(CultureInfo.InvariantCulture, $"{(all == 0 ? 0 : 100.0 * part / all):0.#}%");
}

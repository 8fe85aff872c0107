using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 3: whether the target can answer what is really asked. The check runs by itself when the target has none yet.</summary>
public sealed partial class CompatibilityStep(Drafting drafting)
{
    private string? fault;
    private string? tried;
    private bool busy;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (Acting.MayEdit && State is { Compatibility: null, View.TargetModel: { } target } && tried != target)
        {
            await CheckAsync();
        }
    }

    private async Task CheckAsync()
    {
        (busy, tried) = (true, State.View.TargetModel);
        StateHasChanged();
        var result = await drafting.CheckAsync(State.Id, State.View.TargetModel, Acting.Name, CancellationToken.None);
        (busy, fault) = (false, result.Refusal?.Message);
        await OnChanged.InvokeAsync();
    }
}

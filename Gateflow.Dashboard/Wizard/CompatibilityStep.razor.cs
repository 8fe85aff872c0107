using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 3: whether the target can answer what is really asked. The check runs by itself when the target has none yet.</summary>
public sealed partial class CompatibilityStep(Drafting drafting)
{
    private readonly Saving saving = new();
    private string? tried;

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
        tried = State.View.TargetModel;
        var checking = saving.TryAsync(async () => (await drafting.CheckAsync(State.Id, tried, Acting.Name, CancellationToken.None)).Refusal?.Message);
        StateHasChanged();
        await checking;
        await OnChanged.InvokeAsync();
    }
}

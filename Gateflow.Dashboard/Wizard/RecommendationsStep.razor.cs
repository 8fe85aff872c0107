using System.Text.Json.Nodes;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 2: which model takes over. Choosing one also checks whether it can.</summary>
public sealed partial class RecommendationsStep(Drafting drafting)
{
    private string? fault;
    private string? choosing;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private async Task UseAsync(string model)
    {
        choosing = model;
        var chosen = await drafting.ConfigureAsync(State.Id, new JsonObject { ["target_model"] = model }, Acting.Name, CancellationToken.None);
        if (chosen.IsOk)
        {
            chosen = await drafting.CheckAsync(State.Id, model, Acting.Name, CancellationToken.None);
        }

        (choosing, fault) = (null, chosen.Refusal?.Message);
        await OnChanged.InvokeAsync();
    }
}

using System.Text.Json.Nodes;
using Gateflow.Core.Recommendations;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 2: which model takes over. Choosing one also checks whether it can.</summary>
public sealed partial class RecommendationsStep(Drafting drafting)
{
    private string? fault;
    private string? choosing;
    private string? regions;
    private string? regionFault;
    private bool strict;
    private bool filtering;
    private RegionalAdvice? regional;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>Those of the analysis, or those that the regions leave.</summary>
    private IReadOnlyList<Recommendation> Advice => regional?.Recommendations ?? State.View.Recommendations;

    private string RegionNote => regional is null
        ? "A name allows the regions that begin with it: eu allows eu-central-1. Where a model answers is known from its provider's settings."
        : $"Only {string.Join(", ", regional.Region)}{(regional.RegionStrict ? "" : ", and models whose region is unknown")}.";

    private async Task FilterAsync()
    {
        var rule = RegionRule.Parse(regions, strict);
        regionFault = rule is null ? $"Write up to {RegionRule.Most} regions with commas between them." : null;
        if (rule is null || rule.Allowed.Count == 0)
        {
            regional = null;
            return;
        }

        filtering = true;
        var found = await drafting.RecommendAsync(State.Id, rule, CancellationToken.None);
        (regional, fault, filtering) = (found.Value, found.Refusal?.Message, false);
    }

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

using System.Text.Json.Nodes;
using Gateflow.Core.Recommendations;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 2: which model takes over. Choosing one also checks whether it can.</summary>
public sealed partial class RecommendationsStep(Drafting drafting)
{
    private readonly Saving saving = new();
    private readonly Loaded<RegionalAdvice> regional = new("The recommendations");
    private string? regions;
    private string? regionFault;
    private string? refused;
    private bool strict;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>Those of the analysis, or those that the regions leave.</summary>
    private IReadOnlyList<Recommendation> Advice => regional.Value?.Recommendations ?? State.View.Recommendations;

    private string RegionNote => regional.Value is not { } found
        ? "A name allows the regions that begin with it: eu allows eu-central-1. Where a model answers is known from its provider's settings."
        : $"Only {string.Join(", ", found.Region)}{(found.RegionStrict ? "" : ", and models whose region is unknown")}.";

    private Task FilterAsync() => regional.ReadAsync(async () =>
    {
        refused = null;
        var rule = RegionRule.Parse(regions, strict);
        regionFault = rule is null ? $"Write up to {RegionRule.Most} regions with commas between them." : null;
        if (rule is null || rule.Allowed.Count == 0)
        {
            return null;
        }

        var found = await drafting.RecommendAsync(State.Id, rule, CancellationToken.None);
        refused = found.Refusal?.Message;
        return found.Value;
    });

    private async Task UseAsync(string model)
    {
        await saving.TryAsync(async () =>
        {
            var chosen = await drafting.ConfigureAsync(State.Id, new JsonObject { ["target_model"] = model }, Acting.Name, CancellationToken.None);
            return chosen.Refusal?.Message ?? (await drafting.CheckAsync(State.Id, model, Acting.Name, CancellationToken.None)).Refusal?.Message;
        });
        await OnChanged.InvokeAsync();
    }
}

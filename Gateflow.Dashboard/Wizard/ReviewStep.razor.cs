using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 6: what will happen, then the start.</summary>
public sealed partial class ReviewStep(Conduct conduct, NavigationManager navigation, TimeProvider clock)
{
    private const int Few = 8;

    private readonly Saving saving = new();
    private ReviewPlan? plan;
    private Refusal? refusal;
    private bool folded = true;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    /// <summary>True from the press until the page is left or the start refused.</summary>
    internal bool IsStarting => saving.IsBusy;

    private IEnumerable<string> Lines
    {
        get
        {
            var all = plan!.Steps();
            return folded ? [.. all.Take(Few - 2), $"… {all.Count - Few + 1} more steps …", all[^1]] : all;
        }
    }

    private string Verb => plan!.Waits ? "Schedule the migration"
        : State.View.Config.Strategy == Strategy.Scheduled ? "Start now"
        : State.View.Config.EffectiveStrategy == Strategy.Canary ? "Start canary" : "Start migration";

    private string Ends => plan!.Forecast.Hours is { } hours
        ? $"about {Display.Duration(TimeSpan.FromHours(hours))} from start to completion"
        : "no forecast: the traffic is unknown";

    protected override void OnParametersSet()
    {
        plan = new ReviewPlan(State, clock.GetUtcNow());
        folded = folded && plan.Steps().Count > Few;
    }

    private Task<bool> StartAsync() => saving.TryAsync(async () =>
    {
        refusal = null;
        var result = await conduct.ExecuteAsync(State.Id, Acting.Name, null, CancellationToken.None, State.View.Seen);
        refusal = result.Refusal;
        if (result.IsOk)
        {
            navigation.NavigateTo($"/migrations/{State.Id}");
        }

        return refusal?.Message;
    }, leaves: true);

    private static string? WhatToDo(Refusal? refusal) => refusal switch
    {
        { Code: "illegal_transition" or "moved_meanwhile" } => "Someone else has changed, started or ended it meanwhile; reload the page.",
        { Param: "rollback_threshold.error_rate" } => "Change the guardrail under Configure.",
        { Param: "target_model" } => "Choose another model under Recommendations, or add a provider that serves it.",
        { Param: "mirror.max_cost" } => "Take the budget away under Configure, or choose a target with known prices.",
        _ => null,
    };
}

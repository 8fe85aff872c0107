using FluentValidation;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Replay;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Sets a test up and starts it; what it would send and cost follows what is typed.</summary>
public sealed partial class TestForm(ReplayRunner runner, ReplayEstimates estimates, ReplayModels helpers, IValidator<ReplayRequest> rules) : IDisposable
{
    private readonly CancellationTokenSource gone = new();
    private readonly TestDraft draft = new(rules);
    private readonly Saving saving = new();
    private IReadOnlyList<ReplayHelper> embedders = [];
    private IReadOnlyList<ReplayHelper> judges = [];
    private Result<ReplayEstimate>? estimate;
    private string? target;
    private bool estimating;
    private bool changed;

    /// <summary>Whether the rarer fields are open at first; from then on it is the browser's, or it would close under whoever chooses "none".</summary>
    private bool more;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnStarted { get; set; }

    private string JudgeHint => draft.JudgeModel.Length == 0 ? "A model that says which answer is better, blind"
        : judges.FirstOrDefault(j => j.Name == draft.JudgeModel) is { Model: var judge } && (judge == State.View.SourceModel || judge == State.View.TargetModel) ? "One of the two models is no neutral judge"
        : "Sees both answers without names, in both orders";

    private string EstimateWords => !draft.IsRight ? "Put right what is marked, and the cost is estimated."
        : estimate is not { } known ? "Estimating…"
        : known.Value is not { } found ? known.Refusal!.Message
        : (found.Planned < found.Requested ? $"Only {Display.Count(found.Planned, "request")} are stored that fit: " : $"{Display.Count(found.Planned, "request")}: ")
            + $"{Display.Count(found.Calls, "call")} of the models, "
            + (found.Cost is { } cost ? $"about {Display.Money(cost)}{Parts(found)}." : $"cost unknown: the price of {found.Unpriced} is not known.")
            + (found.PairsWithinBudget is { } within && within < found.Planned ? $" The budget suffices for about {Display.Count(within, "pair")}." : "");

    protected override void OnInitialized()
    {
        (embedders, judges) = (helpers.Embedders, helpers.Judges);
        if (State.CurrentTest is { } before)
        {
            draft.Take(before);
        }

        more = draft.EmbeddingModel.Length + draft.JudgeModel.Length > 0;
    }

    protected override void OnParametersSet()
    {
        if (target != State.View.TargetModel)
        {
            target = State.View.TargetModel;
            Estimate();
        }
    }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }

    private static string Text(ChangeEventArgs e) => e.Value?.ToString() ?? "";

    private static string Parts(ReplayEstimate found)
    {
        List<string> parts = [];
        Add("source", found.SourceCost);
        Add("target", found.TargetCost);
        Add("embeddings", found.EmbeddingsCost);
        Add("judge", found.JudgeCost);
        return parts.Count > 1 ? $" ({string.Join(", ", parts)})" : "";

        void Add(string name, decimal cost)
        {
            if (cost > 0)
            {
                parts.Add($"{name} {Display.Money(cost)}");
            }
        }
    }

    private string? Invalid(string field) => draft.FaultOf(field) is null ? null : "true";

    private string Class(string field) => draft.FaultOf(field) is null ? "hint" : "fault";

    private void Typed(Action change)
    {
        change();
        saving.Forget();
        Estimate();
    }

    /// <summary>One estimate at a time: what is typed meanwhile is estimated when it has ended.</summary>
    private void Estimate()
    {
        changed = true;
        if (!estimating && draft.IsRight)
        {
            _ = EstimateAsync();
        }
    }

    private async Task EstimateAsync()
    {
        estimating = true;
        try
        {
            while (changed && draft.IsRight)
            {
                changed = false;
                estimate = await estimates.EstimateAsync(State.Id, draft.Read(), gone.Token);
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException)
        {
            // the page was left
        }
        catch (Exception broken)
        {
            estimate = new Refusal(RefusalKind.Conflict, "not_estimated", $"The cost could not be estimated: {broken.Message}");
            await InvokeAsync(StateHasChanged);
        }
        finally
        {
            estimating = false;
        }
    }

    private async Task StartAsync()
    {
        if (draft.IsRight)
        {
            await saving.TryAsync(async () => (await runner.StartAsync(State.Id, draft.Read(), Acting.Name, CancellationToken.None)).Refusal?.Message);
            await OnStarted.InvokeAsync();
        }
    }
}

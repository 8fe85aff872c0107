using System.Globalization;
using FluentValidation;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Replay;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 4: stored requests through both models. May be skipped.</summary>
public sealed partial class TestStep(ReplayRunner runner, IValidator<ReplayRequest> rules) : IDisposable
{
    private string size = "50";
    private string budget = "";
    private Refusal? fault;
    private IReadOnlyList<Fault> faults = [];
    private bool busy;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private string CostHint
    {
        get
        {
            if (State is not { Analysis: { TotalRequests: > 0 } usage, Source: { } source, Target: { } target } || !int.TryParse(size, out var count))
            {
                return "Both models together";
            }

            var one = source.Cost(usage.AvgInputTokens, 0, usage.AvgOutputTokens) + target.Cost(usage.AvgInputTokens, 0, usage.AvgOutputTokens);
            return one is null ? "A price is unknown: no cap can be kept" : $"About {Display.Money(one * count)} for both models";
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            runner.Changed += Follow;
        }
    }

    public void Dispose() => runner.Changed -= Follow;

    private void Follow(string testId, string migrationId)
    {
        if (migrationId == State.Id)
        {
            _ = InvokeAsync(OnChanged.InvokeAsync);
        }
    }

    private string? FaultOf(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message switch
    {
        null => null,
        _ when field == "test_requests" => $"A whole number from 1 to {ReplayRequestValidator.MostRequests}.",
        _ when field == "max_cost" && budget.Length > 0 && Read() is { MaxCost: > 0 } => faults.First(f => f.Param == field).Message.Replace("max_cost", "A budget", StringComparison.Ordinal),
        _ => "An amount above 0, or nothing for no cap.",
    };

    private void Type(object? newSize, object? newBudget)
    {
        (size, budget) = (newSize?.ToString()?.Trim() ?? size, newBudget?.ToString()?.Trim() ?? budget);
        faults = Judge();
    }

    private ReplayRequest Read() => new()
    {
        TestRequests = int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0,
        MaxCost = budget.Length == 0 ? null : decimal.TryParse(budget.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var most) ? most : 0,
    };

    private List<Fault> Judge() => rules.Validate(Read()).Errors.ConvertAll(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage));

    private async Task StartAsync()
    {
        faults = Judge();
        if (faults.Count > 0)
        {
            return;
        }

        busy = true;
        var started = await runner.StartAsync(State.Id, Read(), Acting.Name, CancellationToken.None);
        busy = false;
        faults = started.Refusal?.Faults ?? [];
        fault = started.Refusal is { } refusal && !refusal.Faults.Any(f => f.Param is "max_cost" or "test_requests") ? refusal : null;
        await OnChanged.InvokeAsync();
    }

    private async Task CancelAsync()
    {
        busy = true;
        var cancelled = await runner.CancelAsync(State.Test!.TestId, CancellationToken.None);
        busy = false;
        fault = cancelled || State.Test is null or { IsOver: true } ? null : new Refusal(RefusalKind.Conflict, "test_elsewhere", "The test runs on another node; cancel it there.");
        await OnChanged.InvokeAsync();
    }

    private static string Css(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(share, 0, 1) * 100:0.#}%");
}

using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Fallbacks;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>Asks for a model and a failure, and shows what would come of it. What was asked stands in the page's address.</summary>
public sealed partial class DryRunPanel(FallbackRehearsal rehearsal, ModelDirectory models)
{
    private DryRunView? view;
    private string? fault;
    private string typed = "";

    /// <summary>The model that fails; null before anybody asked.</summary>
    [Parameter]
    public string? Model { get; set; }

    [Parameter]
    public FallbackReason Failure { get; set; } = FallbackReason.ProviderError;

    /// <summary>Changes whenever what would happen may have changed; the answer is then made anew.</summary>
    [Parameter]
    public object? State { get; set; }

    [Parameter]
    public EventCallback<DryRun> OnAsk { get; set; }

    private IEnumerable<string> Known => models.Served.Select(s => s.Model).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private string Json => new JsonObject { ["model"] = Model, ["reason"] = Wire.Name(Failure) }.ToJsonString();

    protected override void OnParametersSet()
    {
        (view, fault) = (null, null);
        if (!string.IsNullOrWhiteSpace(Model))
        {
            typed = Model;
            var played = new DryRun { Model = Model, Reason = Wire.Name(Failure) }.Play(rehearsal, models);
            (view, fault) = (played.Value, played.Refusal?.Message);
        }
    }

    private Task AskAsync() => OnAsk.InvokeAsync(new DryRun { Model = typed.Trim(), Reason = Wire.Name(Failure) });

    private Task ChooseAsync(string? reason) => OnAsk.InvokeAsync(new DryRun { Model = typed.Trim(), Reason = reason });
}

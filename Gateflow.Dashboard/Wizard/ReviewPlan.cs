using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Wizard;

/// <summary>A call of the API that does what the wizard did.</summary>
public sealed record ReviewCall(string Caption, string Method, string Path, string? Json);

/// <summary>The step "review" in words: what will happen, what it costs, how it is undone, what stands against it.</summary>
public sealed class ReviewPlan
{
    private static readonly JsonSerializerOptions Readable = new(JsonColumn.Options) { WriteIndented = true };

    private readonly WizardState _state;
    private readonly MigrationConfig _config;
    private readonly DateTimeOffset _now;

    public ReviewPlan(WizardState state, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_state, _config, _now) = (state, state.View.Config, now);
        Forecast = state.ForecastOf(_config, now).Result;
    }

    public ForecastResult Forecast { get; }

    /// <summary>True when the start is not now: its hour lies ahead, or the hours in which traffic may be raised do.</summary>
    public bool Waits => StepWindows.NextOpening(_config, _config is { Strategy: Strategy.Scheduled, ExecuteAt: { } at } && at > _now ? at : _now) > _now;

    private string Source => _state.View.SourceModel;

    private string Target => _state.View.TargetModel ?? "the target";

    /// <summary>What happens after the click, step by step.</summary>
    public IReadOnlyList<string> Steps()
    {
        List<string> lines = [];
        if (_config.Strategy == Strategy.Scheduled)
        {
            lines.Add(_config.ExecuteAt is { } at
                ? at <= _now ? "The start lies in the past: it begins at once." : $"Nothing moves until {Display.Utc(at)}. Until then it can be changed or cancelled."
                : "No start is set yet.");
        }

        if (_config.Windows.Count + _config.Blackouts.Count > 0)
        {
            lines.Add(StepWindows.NextOpening(_config, _now) is { } opens
                ? opens <= _now ? "The traffic is only raised within the hours set; they are open now." : $"The traffic is only raised within the hours set; they begin {Display.Utc(opens)}."
                : "The hours and blackouts set leave no moment in which the traffic could be raised.");
        }

        var compiled = RolloutSteps.Compile(_config);
        foreach (var (i, step) in compiled.Index())
        {
            lines.Add(Line(i, step, Forecast.Steps[i], i == compiled.Count - 1));
        }

        lines.Add($"Completed: requests for {Source} are answered by {Target}, and {Source} steps in for it no longer. Applications keep asking for {Source}.");
        return lines;
    }

    /// <summary>What the named prompt means for the start; null when none is named.</summary>
    public string? Wording => _config.PromptVersion is { Length: > 0 } prompt
        ? $"{prompt} is named as the wording for {Target}. The gateway changes no prompt: applications that are to use it must send it."
        : null;

    /// <summary>What watches over it.</summary>
    public IReadOnlyList<string> Guards()
    {
        var limits = _config.RollbackThreshold;
        List<string> lines = [];
        if (limits.ErrorRate is { } rate)
        {
            lines.Add($"More than {Display.Percent(rate)} of {Target}'s requests fail where {Source} would not have.");
        }

        if (limits.LatencyP99Increase is { } ratio)
        {
            lines.Add($"The slowest answers take more than {Display.Number(ratio, 2)} times as long as {Source}'s.");
        }

        if (limits.QualityScoreDrop is { } drop)
        {
            lines.Add($"The mean quality score falls by more than {Display.Number(drop, 3)}.");
        }

        return lines;
    }

    /// <summary>Who must agree, and before what; one line says so when nobody must.</summary>
    public IReadOnlyList<string> Approvals()
    {
        var steps = RolloutSteps.Compile(_config);
        var gates = steps.Index().Where(s => s.Item.Gate).ToList();
        List<string> lines =
        [
            "The start itself needs nobody else: any operator or administrator may start it.",
            .. gates.Select(g => Gate(g.Item, g.Index + 1 < steps.Count ? steps[g.Index + 1] : null)),
        ];
        if (gates.Count == 0)
        {
            lines.Add("Then it goes on by time and evidence alone. Approvals are set under Configure, Advanced.");
        }
        else if (gates.Exists(g => g.Item.Mirror is null))
        {
            lines.Add(_config.ApprovalsRequired > 1
                ? "Operators and administrators agree by Approve on the live page. Each person or key counts once; whoever starts it may be one of them, but nobody can do it alone."
                : "Any operator or administrator agrees by Approve on the live page, also whoever starts it.");
        }

        if (_state.UsualApprovals > 0 && _config.ApprovalsRequired >= _state.UsualApprovals)
        {
            lines.Add($"Change management asks every new migration for {Display.Count(_state.UsualApprovals, "approval")}.");
        }

        return lines;
    }

    /// <summary>How the traffic comes back.</summary>
    public IReadOnlyList<string> Undo() =>
    [
        $"\"Roll back\" on the live page returns all traffic to {Source} for the next request, at any step, also after completion while {Source} is served.",
        _config.AutoRollback && Guards().Count > 0
            ? $"By itself, as soon as the evidence against {Target} is strong enough; the chance of doing so wrongly is at most {Display.Percent(_config.Alpha, 2)}."
            : Guards().Count > 0 ? "Not by itself: a breach holds the rollout and raises an alert." : "Not by itself: no guardrail is armed.",
        $"Until it completes, a request that {Target} cannot answer is answered by {Source}: callers do not notice. From then on it fails, unless a fallback chain has another model for it.",
    ];

    /// <summary>What speaks against starting now; none of it is decided here, the start itself refuses what cannot be.</summary>
    public IReadOnlyList<string> Concerns()
    {
        List<string> lines = [];
        if (_state.View.TargetModel is null)
        {
            lines.Add("No target is chosen. Choose one under Recommendations.");
            return lines;
        }

        if (!_state.TargetIsServed)
        {
            lines.Add($"No configured provider serves {Target}. Add it to a provider, or choose another model.");
        }

        switch (_state.Compatibility)
        {
            case null:
                lines.Add("Compatibility is not checked for this target.");
                break;
            case { Compatible: false } report:
                lines.Add($"Compatibility: {WizardWords.Summary(report)}. Requests that need it fail on {Target}: {Source} answers them until the migration completes, then nobody does.");
                break;
        }

        if (_state.Compatibility?.Checks.FirstOrDefault(c => c.Feature == VectorCheck.Feature) is { } vectors)
        {
            lines.Add($"{vectors.Detail}. {vectors.WhatToDo}");
        }

        if (!_config.Shims && _state.Compatibility is { } known && known.Checks.Count(check => check.Shim is not null) is var needed and > 0)
        {
            lines.Add($"Requests are sent as they came, without {Display.Count(needed, "change")} that {Target} needs (Configure, Advanced).");
        }

        switch (_state.CurrentTest)
        {
            case null:
                lines.Add("Not tested: the first real requests are the test.");
                break;
            case { Results.Recommendation: ReplayRecommendation.DoNotProceed }:
                lines.Add("The test advises against it. Read its reasons under Test.");
                break;
        }

        if (_config.ApprovalsRequired < _state.UsualApprovals)
        {
            lines.Add($"Change management asks new migrations for {Display.Count(_state.UsualApprovals, "approval")}; this one asks for {(_config.ApprovalsRequired == 0 ? "none" : Display.Number(_config.ApprovalsRequired))}.");
        }

        if (Guards().Count == 0)
        {
            lines.Add("No guardrail is armed: nothing would bring the traffic back by itself.");
        }

        return lines;
    }

    /// <summary>What the estimate tells of: the last 30 days, or as much as was seen of them, and the requests that it leaves out.</summary>
    public string CostOf()
    {
        var usage = _state.Analysis!;
        var time = usage.Covered >= TimeSpan.FromDays(29) ? "per 30 days" : $"in the {Display.Duration(usage.Covered)} since the first request";
        return usage.UnpricedRequests > 0 ? $"{time}, without {Display.Count(usage.UnpricedRequests, "request")} of unknown price" : time;
    }

    /// <summary>The estimate of the cost; null when a price or the use is unknown.</summary>
    public (decimal Before, decimal After, double Change)? Cost() =>
        _state.CostChangeEstimate is { } change && _state.Analysis?.TotalCost is { } before
            ? (before, before * (1 + (decimal)change), change)
            : null;

    /// <summary>The same by the API, in order.</summary>
    public IReadOnlyList<ReviewCall> Calls()
    {
        var path = $"/v1/management/migrations/{_state.Id}";
        var patch = new JsonObject { ["target_model"] = _state.View.TargetModel };
        var (own, usual) = (Json(_config), Json(_state.Usual));
        foreach (var (field, value) in own)
        {
            if (field == "strategy" || !JsonNode.DeepEquals(value, usual[field]))
            {
                patch[field] = value?.DeepClone();
            }
        }

        foreach (var (field, _) in usual.Where(f => !own.ContainsKey(f.Key)))
        {
            patch[field] = null;
        }

        var draft = new JsonObject { ["source_model"] = Source, ["analyze"] = true };
        if (_state.View.Name is { } name)
        {
            draft["name"] = name;
        }

        return
        [
            new("Create the draft", "POST", "/v1/management/migrations", Text(draft)),
            new("Check compatibility", "POST", $"{path}/compatibility", Text(new JsonObject { ["target_model"] = _state.View.TargetModel })),
            new("Configure", "PATCH", path, Text(patch)),
            new("Start", "POST", $"{path}/execute", null),
        ];
    }

    private string Gate(RolloutStep step, RolloutStep? next) => step.Mirror is not null
        ? "After the copies an operator or administrator resumes it; it does not go on by itself."
        : next is null ? $"Before it completes, {People} must agree." : $"Before {Display.Weight(next.Weight)} of the traffic moves, {People} must agree.";

    private string People => _config.ApprovalsRequired > 1 ? $"{_config.ApprovalsRequired} people" : "a person";

    private string Line(int index, RolloutStep step, StepForecast forecast, bool last)
    {
        var seen = forecast.TargetRequests is { } n && n > 1.5 * _config.MinSamples ? $" It should see {Approximately(n)} on {Target}." : "";
        if (step is { IsShadow: true, Mirror: { } mirror })
        {
            return $"For {Display.Duration(step.Hold)}, {Display.Weight(mirror)} of the requests are copied to {Target}; {Source} answers everybody. Tools are compared, never executed.{(_config.Mirror?.MaxCost is { } most ? $" The copies may cost {Display.Money(most)}." : "")}{(step.Gate ? " Then it pauses until a person resumes it." : "")}";
        }

        if (step is { Gate: true, Weight: <= 0 })
        {
            return $"Nothing moves until {People} agreed.";
        }

        var moved = index == 0
            ? $"{Display.Weight(step.Weight)} of the traffic goes to {Target}{(_config.Strategy == Strategy.Scheduled ? "" : " at once")}"
            : $"{Display.Weight(step.Weight)} of the traffic goes to {Target}";
        if (last)
        {
            return _config.Soak > TimeSpan.Zero
                ? $"{moved}, with the guardrails armed for another {Display.Duration(_config.Soak)}.{seen}"
                : $"{moved}, and it is done.";
        }

        return $"{moved} and stays so for at least {Display.Duration(step.Hold)}{(_config.MinSamples > 0 ? $" and {Display.Count(_config.MinSamples, "request")}" : "")}.{seen}"
            + (step.Gate ? $" Then {People} must agree." : "");
    }

    internal static string Approximately(double requests) => requests < 1 ? "less than one request" : $"about {Display.Count((long)Math.Round(requests), "request")}";

    private static JsonObject Json(MigrationConfig config) => (JsonObject)JsonSerializer.SerializeToNode(config, JsonColumn.Options)!;

    private static string Text(JsonObject json) => json.ToJsonString(Readable);
}

using System.Globalization;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Demo;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 5: how the traffic moves and what brings it back. Judged while typing by the API's rules, saved when the step is left.</summary>
public sealed partial class ConfigureStep(Drafting drafting, DemoState demo, ViewerZone viewer)
{
    private static readonly (Strategy Strategy, string Words)[] Strategies =
    [
        (Strategy.Canary, "Step by step, each one only on good evidence."),
        (Strategy.Instant, "All at once, watched."),
        (Strategy.Shadow, "Copies first; users see only the source."),
        (Strategy.Scheduled, "Any of these, at a moment you set."),
        (Strategy.Steps, "Weights and times of your own."),
    ];

    private readonly Saving saving = new();
    private Task<bool> running = Task.FromResult(true);
    private ConfigDraft draft = new(new MigrationConfig());
    private MigrationConfig? taken;
    private TimeZoneInfo zone = TimeZoneInfo.Utc;
    private bool stuck;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>Why one cannot go on; null when one can.</summary>
    [Parameter]
    public EventCallback<string?> OnFault { get; set; }

    /// <summary>True while something was typed that is not stored.</summary>
    internal bool IsDirty => draft.IsDirty;

    private MigrationConfig Config => draft.Config;

    private string Target => State.View.TargetModel ?? "the target";

    private bool HasCanary => Config.EffectiveStrategy == Strategy.Canary
        || (Config.EffectiveStrategy == Strategy.Shadow && (Config.Strategy == Strategy.Scheduled || Config.Then is not (Strategy.Instant or Strategy.Steps)));

    private bool HasOwnSteps => Config.EffectiveStrategy == Strategy.Steps || Config is { Strategy: Strategy.Shadow, Then: Strategy.Steps };

    private string Local => Config.ExecuteAt is { } at ? TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture) : "";

    protected override void OnParametersSet()
    {
        if (taken is null)
        {
            draft = new ConfigDraft(State.View.Config);
        }
        else if (!ReferenceEquals(taken, State.View.Config))
        {
            draft.Stored(State.View.Config);
        }

        taken = State.View.Config;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && await viewer.GetAsync() is { } found)
        {
            zone = found;
            StateHasChanged();
        }
    }

    private IReadOnlyList<RampStep> Picture(Strategy strategy)
    {
        var config = Config with { Strategy = strategy, Then = strategy == Strategy.Scheduled ? Strategy.Instant : null };
        var steps = RampStep.From(RolloutSteps.Compile(config), config.Soak);
        return strategy == Strategy.Scheduled ? [new RampStep(0, TimeSpan.FromMinutes(60)), .. steps.Select(s => s with { Length = TimeSpan.FromMinutes(30) })] : steps;
    }

    private Task Choose(Strategy strategy)
    {
        var before = Config.EffectiveStrategy;
        draft.SetEnum("strategy", strategy);
        if (strategy == draft.Saved.Strategy)
        {
            draft.Forget("then");
        }
        else if (strategy == Strategy.Scheduled)
        {
            draft.SetEnum("then", before);
        }

        OfferSteps();
        if (draft.Config.Then is Strategy.Scheduled || (strategy == Strategy.Shadow && draft.Config.Then is Strategy.Shadow))
        {
            draft.SetEnum("then", Strategy.Canary);
        }

        return Typed();
    }

    private Task SetThen(object? value)
    {
        draft.SetEnum("then", Enum.Parse<Strategy>(value?.ToString() ?? nameof(Strategy.Canary)));
        OfferSteps();
        return Typed();
    }

    /// <summary>Steps of one's own begin with some to change.</summary>
    private void OfferSteps()
    {
        if (HasOwnSteps && draft.Lines("steps").Length == 0)
        {
            draft.SetLines("steps", "5 % 30 min\n25 % 60 min\n50 % 60 min gate");
        }
    }

    private Task SetStart(object? value)
    {
        draft.SetTime("execute_at", DateTime.TryParse(value?.ToString(), CultureInfo.InvariantCulture, out var local)
            ? new DateTimeOffset(local, zone.GetUtcOffset(local))
            : null);
        return Typed();
    }

    private Task Pace()
    {
        draft.UseDemoPace();
        return Typed();
    }

    internal Task Discard()
    {
        draft.Discard();
        return Typed();
    }

    private Task Typed()
    {
        stuck = false;
        saving.Forget();
        ForgetHidden();
        return OnFault.InvokeAsync(draft.Faults.Count == 0 ? null : draft.Faults.Count == 1 ? "A field is wrong." : $"{draft.Faults.Count} fields are wrong.");
    }

    /// <summary>A fault in a field that the strategy does not show could be neither seen nor mended.</summary>
    private void ForgetHidden()
    {
        var copies = Config.EffectiveStrategy == Strategy.Shadow;
        (string Field, bool Shown)[] fields =
        [
            ("steps", HasOwnSteps), ("execute_at", Config.Strategy == Strategy.Scheduled),
            ("duration_hours", copies), ("mirror.percentage", copies), ("mirror.max_cost", copies),
            ("canary_percentage", HasCanary), ("increase_step", HasCanary), ("increase_interval_minutes", HasCanary),
        ];
        foreach (var (field, _) in fields.Where(f => !f.Shown && draft.FaultOfLines(f.Field) is not null))
        {
            draft.Forget(field);
        }
    }

    private Task<bool> SaveAsync() => running = saving.IsBusy ? running : saving.TryAsync(async () =>
    {
        var sent = draft.Typed();
        var result = await drafting.ConfigureAsync(State.Id, draft.Patch(), Acting.Name, CancellationToken.None, draft.Seen());
        if (result.IsOk)
        {
            draft.Stored(result.Value.Config, sent);
            await OnChanged.InvokeAsync();
        }

        return result.Refusal?.Message;
    });

    /// <summary>Leaving saves: what was changed always, the untouched defaults when one goes on to the review.</summary>
    private async Task LeaveAsync(LocationChangingContext context)
    {
        var saved = !saving.IsBusy || await running;
        var accepts = !State.Configured && context.TargetLocation.Contains("step=review", StringComparison.Ordinal);
        if (!Acting.MayEdit || !State.IsDraft || (!draft.IsDirty && !accepts))
        {
            return;
        }

        if (draft.Faults.Count > 0)
        {
            stuck = true;
            context.PreventNavigation();
        }
        else if (!saved || !await SaveAsync())
        {
            context.PreventNavigation();
        }

        StateHasChanged();
    }
}

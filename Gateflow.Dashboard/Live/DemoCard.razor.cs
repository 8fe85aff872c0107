using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Demo;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Live;

/// <summary>The demo's one switch: the mounted simulator fails half of the target's requests. Not there outside the demo.</summary>
public sealed partial class DemoCard(IServiceProvider services, ModelDirectory models) : IDisposable
{
    private readonly DemoState? demo = services.GetService<DemoState>();
    private readonly DemoSwitch? failing = services.GetService<DemoSwitch>();

    [Parameter, EditorRequired]
    public MigrationView Migration { get; set; } = default!;

    private bool Shown => demo is { IsOn: true } && failing is not null && Migration.TargetModel is { } target
        && models.Routes.TryGetValue(target, out var route) && route.Endpoints.Any(e => e.Provider.Demo)
        && (Migration.Status is MigrationStatus.InProgress or MigrationStatus.Paused or MigrationStatus.Soaking || Failing);

    private bool Failing => Migration.TargetModel is { } target && failing?.IsFailing(target) == true;

    private string Sentence => (Failing, Running: Migration.Status is not (MigrationStatus.RolledBack or MigrationStatus.Completed or MigrationStatus.Cancelled)) switch
    {
        (true, true) => $"{Migration.TargetModel} fails {Display.Percent(DemoSwitch.ErrorRate)} of its requests now; {Migration.SourceModel} answers those, so no caller sees an error. Watch the evidence grow.",
        (true, false) => $"{Migration.TargetModel} still fails {Display.Percent(DemoSwitch.ErrorRate)} of its requests.",
        _ when Migration.Config is { AutoRollback: true, RollbackThreshold.ErrorRate: not null } =>
            $"The simulated {Migration.TargetModel} will fail {Display.Percent(DemoSwitch.ErrorRate)} of its requests. {Migration.SourceModel} answers them instead, and after some dozen target requests Gateflow rolls back by itself.",
        _ => $"The simulated {Migration.TargetModel} will fail {Display.Percent(DemoSwitch.ErrorRate)} of its requests. {Migration.SourceModel} answers them instead; this migration does not roll back by itself on errors.",
    };

    protected override void OnInitialized()
    {
        if (demo is not null)
        {
            demo.Changed += Refresh;
        }
    }

    public void Dispose()
    {
        if (demo is not null)
        {
            demo.Changed -= Refresh;
        }
    }

    private void Refresh() => _ = InvokeAsync(StateHasChanged);

    private void Switch() => failing!.Set(Migration.TargetModel!, !Failing);
}

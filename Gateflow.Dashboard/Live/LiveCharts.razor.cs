using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Live;

/// <summary>The charts of a migration on one time axis with one cursor. They are made once; updates push what changed.</summary>
public sealed partial class LiveCharts
{
    private LiveSeries series = default!;

    [Parameter, EditorRequired]
    public LiveSnapshot Snapshot { get; set; } = default!;

    [Parameter, EditorRequired]
    public LiveRange Range { get; set; } = LiveRange.Whole;

    /// <summary>What stands beside the ramp.</summary>
    [Parameter]
    public RenderFragment? Aside { get; set; }

    private MigrationView Migration => Snapshot.Migration;

    private string Group => "live-" + Migration.MigrationId;

    protected override void OnParametersSet() => series = LiveSeries.Of(Snapshot, Range);
}

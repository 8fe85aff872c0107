using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Live;

/// <summary>The charts below the ramp, on one time axis with one cursor. They are made once; updates push what changed.</summary>
public sealed partial class LiveCharts
{
    private LiveSeries series = default!;
    private LiveSeries? drawn;

    [Parameter, EditorRequired]
    public LiveSnapshot Snapshot { get; set; } = default!;

    [Parameter, EditorRequired]
    public LiveRange Range { get; set; } = LiveRange.Whole;

    private string Group => Snapshot.ChartGroup;

    protected override void OnParametersSet() => series = LiveSeries.Of(Snapshot, Range);

    protected override bool ShouldRender()
    {
        var changed = !ReferenceEquals(drawn, series);
        drawn = series;
        return changed;
    }
}

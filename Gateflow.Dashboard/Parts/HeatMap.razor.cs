using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Parts;

/// <summary>Load by hour of the week: darker is busier, relative to the busiest hour.</summary>
public sealed partial class HeatMap
{
    /// <summary>168 counts, Monday 00:00 UTC first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<long> Values { get; set; } = [];

    /// <summary>How far the viewer's zone is ahead of UTC, and its name. Where that is no whole number of hours, each cell is the hour that begins at those minutes.</summary>
    [Parameter]
    public TimeSpan Ahead { get; set; }

    [Parameter]
    public string Zone { get; set; } = "UTC";

    /// <summary>What is counted, singular.</summary>
    [Parameter]
    public string Unit { get; set; } = "request";

    [Parameter]
    public string Empty { get; set; } = "No request in the period.";

    private int ShiftHours => (int)Math.Floor(Ahead.TotalHours);

    private int Minutes => (int)(Ahead - TimeSpan.FromHours(ShiftHours)).TotalMinutes;

    private IReadOnlyList<long> Shifted { get; set; } = [];

    private long Most { get; set; }

    private string Summary { get; set; } = "";

    protected override void OnParametersSet()
    {
        Shifted = HourOfWeek.Shift(Values, ShiftHours);
        Most = Shifted.Count == 0 ? 0 : Shifted.Max();
        if (Shifted.Count == HourOfWeek.Hours && Most > 0)
        {
            var busiest = Shifted.Index().MaxBy(x => x.Item).Index;
            var quietest = Shifted.Index().MinBy(x => x.Item).Index;
            Summary = $"Busiest {HourOfWeek.Name(busiest, Minutes)} ({Display.Count(Shifted[busiest], Unit)}), quietest {HourOfWeek.Name(quietest, Minutes)} ({Display.Number(Shifted[quietest])}). Hours in {Zone}.";
        }
    }

    private string Strength(long value) => string.Create(CultureInfo.InvariantCulture, $"{value * 100.0 / Most:0}%");
}

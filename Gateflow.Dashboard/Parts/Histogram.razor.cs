using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Parts;

/// <summary>Bars of counts with a limit line; bars wholly beyond the limit turn red.</summary>
public sealed partial class Histogram
{
    [Parameter, EditorRequired]
    public IReadOnlyList<HistogramBin> Bins { get; set; } = [];

    /// <summary>Where the limit stands, in the unit of the bins.</summary>
    [Parameter]
    public double? Limit { get; set; }

    /// <summary>"gpt-4o: 128k".</summary>
    [Parameter]
    public string? LimitLabel { get; set; }

    /// <summary>What is counted, singular.</summary>
    [Parameter]
    public string Unit { get; set; } = "request";

    /// <summary>Name of the bins' quantity: "tokens".</summary>
    [Parameter]
    public string Quantity { get; set; } = "tokens";

    /// <summary>How an edge is written; short numbers by default.</summary>
    [Parameter]
    public Func<double, string> Format { get; set; } = static value => Display.Compact(value);

    [Parameter]
    public string? Caption { get; set; }

    [Parameter]
    public string Empty { get; set; } = "No request in the period.";

    private long Most => Bins.Count == 0 ? 0 : Bins.Max(b => b.Count);

    private string Summary
    {
        get
        {
            var total = Bins.Sum(b => b.Count);
            var above = Bins.Where((_, i) => HistogramShape.IsAbove(Bins, i, Limit)).Sum(b => b.Count);
            return $"{Display.Count(total, Unit)} by {Quantity}, most up to {Format(Bins.MaxBy(b => b.Count).UpTo)}"
                + (Limit is { } limit ? $"; {Display.Number(above)} above the limit of {Format(limit)}." : ".");
        }
    }

    // A bar that holds anything can be seen.
    private string Height(int i) => Bins[i].Count == 0 ? "0" : Css(Math.Max(0.015, (double)Bins[i].Count / Most));

    private string Title(int i) => $"{(i == 0 ? "up to" : $"above {Format(Bins[i - 1].UpTo)} up to")} {Format(Bins[i].UpTo)} {Quantity}: {Display.Count(Bins[i].Count, Unit)}";

    private int Every => (int)Math.Ceiling(Bins.Count / 12.0);

    private bool Labelled(int i) => i % Every == 0;

    // Every second label goes on a phone.
    private bool Roomy(int i) => i / Every % 2 == 1;

    private double At(double value) => HistogramShape.Position(Bins, value);

    private static string Css(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##}%");
}

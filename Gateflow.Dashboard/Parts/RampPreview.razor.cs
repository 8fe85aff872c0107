using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Parts;

/// <summary>A ramp drawn to scale. Compact is the small picture on a strategy's card.</summary>
public sealed partial class RampPreview
{
    /// <summary>Percent of the width that a time takes with some air.</summary>
    private const double TimeWidth = 14;

    /// <summary>See <see cref="RampStep.From(IReadOnlyList{Core.Rollout.RolloutStep}, TimeSpan)"/>.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<RampStep> Steps { get; set; } = [];

    [Parameter]
    public bool Compact { get; set; }

    private RampShape Shape { get; set; } = new([]);

    private IReadOnlyList<int> Labels { get; set; } = [];

    private IReadOnlyList<int> NarrowLabels { get; set; } = [];

    /// <summary>The steps whose beginning stands below the ramp: "14 h 37 min" is wider than a share of traffic.</summary>
    private IEnumerable<int> Times { get; set; } = [];

    private string Summary => $"{Display.Count(Steps.Count, "step")}: "
        + string.Join(", ", Steps.Take(12).Select(s => Display.Weight(s.Weight))) + (Steps.Count > 12 ? ", …" : "")
        + (Shape.Total > TimeSpan.Zero ? $", over {Display.Duration(Shape.Total)}." : ", at once.");

    protected override void OnParametersSet()
    {
        Shape = new RampShape(Steps);
        Labels = Shape.Labelled();
        NarrowLabels = Shape.Labelled(17);
        Times = Shape.Labelled(TimeWidth).Where(i => Shape.Start(i) - Shape.Start(0) >= TimeWidth && Shape.Start(Steps.Count) - Shape.Start(i) >= TimeWidth);
    }

    private TimeSpan Until(int step) => Steps.Take(step).Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Length);

    // Left of a riser, above the level before it, nothing else is drawn; a mirror's words stand inside its box.
    private static string Place(RampStep step) => step.Weight <= 0 && step.Mirror is not null ? "inside" : step.Weight > 88 ? "before under" : "before";

    // Only where there is room: a container query takes it away on a phone.
    private string Roomy(int step) => NarrowLabels.Contains(step) ? "" : "roomy";

    private static string N(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}

namespace Gateflow.Dashboard.Parts;

/// <summary>Places evidence on a bar by its logarithm: 1 (none) at the left, the threshold at <see cref="Limit"/>, beyond it room to show an overshoot.</summary>
public readonly record struct EvidenceScale(double Threshold)
{
    /// <summary>Share of the bar at which the threshold stands.</summary>
    public const double Limit = 0.86;

    /// <summary>Share of the bar, 0–1.</summary>
    public double At(double evidence) =>
        evidence <= 1 || double.IsNaN(evidence) ? 0
        : Threshold <= 1 ? Limit
        : Math.Min(1, Limit * Math.Log(evidence) / Math.Log(Threshold));
}

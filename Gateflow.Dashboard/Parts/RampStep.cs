using Gateflow.Core.Rollout;

namespace Gateflow.Dashboard.Parts;

/// <summary>One step of a drawn ramp.</summary>
/// <param name="Weight">Percentage on the target, 0–100.</param>
/// <param name="Length">How long it lasts; the last one with the soak.</param>
/// <param name="Mirror">Percentage of requests mirrored; null for none.</param>
/// <param name="Gate">True when a person must agree at its end.</param>
public sealed record RampStep(double Weight, TimeSpan Length, double? Mirror = null, bool Gate = false)
{
    /// <summary>As configured.</summary>
    public static IReadOnlyList<RampStep> From(IReadOnlyList<RolloutStep> steps, TimeSpan soak)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return [.. steps.Select((s, i) => new RampStep(s.Weight, s.Hold + (i == steps.Count - 1 ? soak : TimeSpan.Zero), s.Mirror, s.Gate))];
    }

    /// <summary>As forecast from the traffic; a step whose length is unknown is drawn as configured.</summary>
    public static IReadOnlyList<RampStep> From(ForecastResult forecast)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        return [.. forecast.Steps.Select(s => new RampStep(s.Step.Weight, s.Hours is { } h ? TimeSpan.FromHours(h) : s.Step.Hold, s.Step.Mirror, s.Step.Gate))];
    }
}

using Gateflow.Core.Rollout;

namespace Gateflow.Dashboard.Parts;

/// <summary>A guardrail's reading in words.</summary>
public readonly record struct GuardrailWords(GuardrailReading Reading)
{
    public string Name => NameOf(Reading.Guardrail);

    /// <summary>The limit as configured.</summary>
    public string Limit => Reading.Guardrail switch
    {
        GuardrailKind.ErrorRate => $"(limit {Display.Percent(Reading.Limit)})",
        GuardrailKind.LatencyP99Increase => $"(limit {Display.Number(Reading.Limit, 2)} × source)",
        GuardrailKind.ObservedSplit => $"(expected {Display.Percent(Reading.Limit)})",
        _ => $"(limit {Display.Number(Reading.Limit, 2)} below source)",
    };

    /// <summary>What was seen of the target.</summary>
    public string Seen => Reading.Observed is not { } seen
        ? Display.Count(Reading.Samples, "request") + ", nothing to compare yet"
        : Reading.Guardrail switch
        {
            GuardrailKind.ErrorRate => $"{Display.Percent(seen)} of {Display.Count(Reading.Samples, "request")} failed",
            GuardrailKind.LatencyP99Increase => $"{Display.Number(seen, 2)} × source over {Display.Count(Reading.Samples, "request")}",
            GuardrailKind.ObservedSplit => $"{Display.Percent(seen)} of {Display.Count(Reading.Samples, "distinct unit")} on the target",
            _ => $"{Difference(seen)} over {Display.Count(Reading.Samples, "request")}",
        };

    /// <summary>What is missing until it is judged.</summary>
    public string Needed => Reading.Judged ? "judged"
        : Reading.Needed > 0 ? $"needs about {Display.Number(Reading.Needed)} more"
        : Reading.BlocksAdvance ? "waiting for requests" : "cannot be judged at this weight";

    public static string NameOf(GuardrailKind guardrail) => guardrail switch
    {
        GuardrailKind.ErrorRate => "Error rate",
        GuardrailKind.LatencyP99Increase => "p99 latency",
        GuardrailKind.QualityScoreDrop => "Quality",
        GuardrailKind.ObservedSplit => "Observed split",
        _ => Display.Words(Core.Wire.Name(guardrail)),
    };

    private static string Difference(double drop) =>
        Math.Round(drop, 3) is var d && d == 0 ? "as good as source" : d > 0 ? $"{Display.Number(d, 3)} below source" : $"{Display.Number(-d, 3)} above source";
}

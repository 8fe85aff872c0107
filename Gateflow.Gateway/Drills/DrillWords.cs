using System.Globalization;
using Gateflow.Core.Drills;
using Gateflow.Core.Rollout;

namespace Gateflow.Gateway.Drills;

/// <summary>What a drill showed, in words.</summary>
internal static class DrillWords
{
    public static string Of(DrillPlan plan, DrillResult result) => result switch
    {
        { Detected: false } => Undetected(plan, result),
        { InForce: false } => $"{Detection(result)} Automatic rollback is off: the rollout would be held and a person alerted, who rolls back.{Callers(plan, result)}",
        _ => $"{Detection(result)} From the next request on all traffic was on {plan.Source.Id}.{Callers(plan, result)}",
    };

    private static string Detection(DrillResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{Name(result.Guardrail!.Value)} broke after {Count(result.DetectionRequests!.Value)} to the target, {Duration(result.DetectionSeconds!.Value)} at {result.RequestsPerHour:#,0.#} requests an hour{(result.RateKnown ? "" : " (assumed)")} with {result.TrafficOnTarget:0.##} % on the target.");

    private static string Undetected(DrillPlan plan, DrillResult result)
    {
        var limits = plan.Config.RollbackThreshold;
        var armed = plan.Kind switch
        {
            DrillKind.Error => limits.ErrorRate is not null,
            DrillKind.Latency => limits.LatencyP99Increase is not null,
            _ => limits.QualityScoreDrop is not null,
        };
        return armed
            ? $"No guardrail broke within {Count(result.TargetRequests)} to the target. Such failures are too rare, or the limit is too wide, to be told from chance so soon.{Callers(plan, result)}"
            : $"No guardrail watches for this: set a limit, or nothing brings the traffic back by itself.{Callers(plan, result)}";
    }

    private static string Callers(DrillPlan plan, DrillResult result) =>
        result.Lost > 0 ? $" {Count(result.Lost)} got no answer."
        : result.AnsweredBySource > 0 ? $" {plan.Source.Id} answered {Count(result.AnsweredBySource)} in the target's place; no caller saw a failure."
        : "";

    private static string Name(GuardrailKind kind) => kind switch
    {
        GuardrailKind.ErrorRate => "The error rate's guardrail",
        GuardrailKind.LatencyP99Increase => "The latency's guardrail",
        _ => "The quality's guardrail",
    };

    private static string Count(long n) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} request{(n == 1 ? "" : "s")}");

    private static string Duration(double seconds) => seconds switch
    {
        < 1 => "within a second",
        <= 90 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        <= 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
    };
}

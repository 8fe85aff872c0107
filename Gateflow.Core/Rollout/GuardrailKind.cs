using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateflow.Core.Rollout;

/// <summary>What a reading is about. On the wire: error_rate, latency_p99_increase, quality_score_drop, which may roll back, and observed_split.</summary>
[JsonConverter(typeof(SnakeCaseEnum<GuardrailKind>))]
public enum GuardrailKind
{
    ErrorRate,
    LatencyP99Increase,
    QualityScoreDrop,

    /// <summary>Not a guardrail but a signal: traffic that is not split as configured holds the step.</summary>
    ObservedSplit,
}

/// <summary>What the evidence says of a guardrail. On the wire: healthy, watch, breach, not_enough_data, no_traffic.</summary>
[JsonConverter(typeof(SnakeCaseEnum<Verdict>))]
public enum Verdict
{
    Healthy,

    /// <summary>M ≥ 1/√α, until below half of that: no step is taken.</summary>
    Watch,

    /// <summary>M ≥ 1/α: the target is worse than its limit. Final.</summary>
    Breach,

    /// <summary>The guardrail's own minimum is not met.</summary>
    NotEnoughData,

    /// <summary>No target outcome in this step.</summary>
    NoTraffic,
}

/// <summary>Writes an enum as snake_case text whatever the serializer's options are.</summary>
internal sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower)
    where T : struct, Enum;

/// <summary>Wire names of rollout words, for code that does not go through JSON.</summary>
public static class RolloutNames
{
    /// <summary>Wire name of an enum's value ("latency_p99_increase").</summary>
    public static string Wire<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

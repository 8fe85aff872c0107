using System.Text.Json.Serialization;
using Gateflow.Core.Rollout;

namespace Gateflow.Dashboard.Migrations;

/// <summary>One point of the live charts: 10 s of both arms, or longer where a long life is told.</summary>
public sealed record ArmPoint
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Percentage configured.</summary>
    public required double Weight { get; init; }

    /// <summary>Percentage observed; null without a request.</summary>
    public double? Observed { get; init; }

    public long SourceRequests { get; init; }

    public long TargetRequests { get; init; }

    /// <summary>Requests of both arms by what became of them; answered ones and outcomes that did not happen are left out.</summary>
    public IReadOnlyDictionary<OutcomeKind, long> Outcomes { get; init; } = new Dictionary<OutcomeKind, long>();

    public double? SourceErrorRate { get; init; }

    public double? TargetErrorRate { get; init; }

    [JsonPropertyName("source_p50")]
    public double? SourceP50 { get; init; }

    [JsonPropertyName("target_p50")]
    public double? TargetP50 { get; init; }

    [JsonPropertyName("source_p95")]
    public double? SourceP95 { get; init; }

    [JsonPropertyName("target_p95")]
    public double? TargetP95 { get; init; }

    [JsonPropertyName("source_p99")]
    public double? SourceP99 { get; init; }

    [JsonPropertyName("target_p99")]
    public double? TargetP99 { get; init; }

    /// <summary>Mean score of the answers, 0–1; null when none was scored.</summary>
    public double? SourceQuality { get; init; }

    public double? TargetQuality { get; init; }

    /// <summary>USD; null without a request or when a price is unknown.</summary>
    public decimal? SourceCost { get; init; }

    public decimal? TargetCost { get; init; }
}

using System.Text.Json.Serialization;

namespace Gateflow.Core.Replay;

/// <summary>What a replay found, in the wire's shape.</summary>
public sealed record ReplayResults
{
    /// <summary>Pairs in which both models answered.</summary>
    public required int RequestsTested { get; init; }

    /// <summary>Pairs that are missing, and why.</summary>
    public int Missing { get; init; }

    public IReadOnlyList<string> MissingReasons { get; init; } = [];

    public required ReplaySide SourceModel { get; init; }

    public required ReplaySide TargetModel { get; init; }

    public required QualityComparison QualityComparison { get; init; }

    public required ReplayRecommendation Recommendation { get; init; }

    /// <summary>The rules that led to the recommendation, with their numbers.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
}

/// <summary>One model's averages over the pairs tested.</summary>
public sealed record ReplaySide
{
    public required string Model { get; init; }

    [JsonPropertyName("avg_latency_ms")]
    public double AvgLatencyMs { get; init; }

    /// <summary>USD a request; null when the price is unknown.</summary>
    public decimal? AvgCost { get; init; }

    public double AvgOutputTokens { get; init; }

    public int Errors { get; init; }
}

/// <summary>How the answers compare; similarities and shares in [0, 1], each with a 95 % interval (percentile bootstrap over pairs).</summary>
public sealed record QualityComparison
{
    public double? SemanticSimilarity { get; init; }

    public Interval? SemanticSimilarityInterval { get; init; }

    /// <summary>"lexical" or "embedding".</summary>
    public required string SimilarityMethod { get; init; }

    /// <summary>Mean length of the target's answers over the source's.</summary>
    public double? OutputLengthRatio { get; init; }

    public Interval? OutputLengthRatioInterval { get; init; }

    /// <summary>Share of pairs whose answers agree in format.</summary>
    public double? FormatMatch { get; init; }

    public Interval? FormatMatchInterval { get; init; }
}

/// <summary>A 95 % interval.</summary>
public sealed record Interval(double Low, double High);

/// <summary>What the replay alone advises.</summary>
public enum ReplayRecommendation
{
    Proceed,
    Review,
    DoNotProceed,
}

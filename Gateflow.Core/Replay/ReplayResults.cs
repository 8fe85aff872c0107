namespace Gateflow.Core.Replay;

/// <summary>What a replay found, in the wire's shape.</summary>
public sealed record ReplayResults
{
    /// <summary>Pairs in which both models answered.</summary>
    public required int RequestsTested { get; init; }

    /// <summary>Pairs that are missing: planned, and not answered by both.</summary>
    public int Missing { get; init; }

    /// <summary>Why they are missing, each reason with its count.</summary>
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

    /// <summary>Null when no pair was tested.</summary>
    public double? AvgLatencyMs { get; init; }

    /// <summary>USD a request; null when the price is unknown.</summary>
    public decimal? AvgCost { get; init; }

    /// <summary>Null when the provider counts none.</summary>
    public double? AvgOutputTokens { get; init; }

    /// <summary>Requests that this model failed to answer, of all that were sent to it.</summary>
    public int Errors { get; init; }
}

/// <summary>How the answers compare; similarities and shares in [0, 1], each with a 95 % interval (percentile bootstrap over pairs).</summary>
public sealed record QualityComparison
{
    public double? SemanticSimilarity { get; init; }

    public Interval? SemanticSimilarityInterval { get; init; }

    /// <summary>"lexical" or "embedding".</summary>
    public required string SimilarityMethod { get; init; }

    /// <summary>Share of pairs as different as answers to different prompts.</summary>
    public double? Unrelated { get; init; }

    public Interval? UnrelatedInterval { get; init; }

    /// <summary>Mean length of the target's answers, characters, over the source's.</summary>
    public double? OutputLengthRatio { get; init; }

    public Interval? OutputLengthRatioInterval { get; init; }

    /// <summary>Share of pairs whose answers have the same form: JSON, code block, list, prose, tool call (<see cref="AnswerForms"/>).</summary>
    public double? FormatMatch { get; init; }

    public Interval? FormatMatchInterval { get; init; }

    /// <summary>Pairs whose request demanded JSON.</summary>
    public int JsonDemanded { get; init; }

    /// <summary>Those that the source, and the target, answered with nothing but JSON.</summary>
    public int SourceJson { get; init; }

    public int TargetJson { get; init; }
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

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

    /// <summary>What all calls cost together, embeddings and judge among them, USD; null when a price is unknown, or what a call used.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Null when no pair was tested.</summary>
    public ReplayDifferences? Differences { get; init; }

    /// <summary>Null when it was not asked for.</summary>
    public NoiseFloor? NoiseFloor { get; init; }

    /// <summary>Null without a judge.</summary>
    public JudgeResults? Judge { get; init; }

    /// <summary>People's ratings of pairs; null while there are none.</summary>
    public Opinions? Ratings { get; init; }

    public required ReplayRecommendation Recommendation { get; init; }

    /// <summary>What led to the recommendation, with its numbers.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Every rule that spoke, without people's ratings.</summary>
    public IReadOnlyList<ReplayRule> Rules { get; init; } = [];

    /// <summary>The results with people's ratings, and the recommendation that follows.</summary>
    public ReplayResults With(Opinions? ratings) => ReplayVerdict.Conclude(this with { Ratings = ratings });
}

/// <summary>A rule that spoke.</summary>
/// <param name="Name">"target_errors", "similarity" …: docs/replay.md lists them.</param>
/// <param name="Says">What it asks for.</param>
/// <param name="Reason">Its sentence, with its numbers.</param>
public sealed record ReplayRule(string Name, ReplayRecommendation Says, string Reason);

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

    /// <summary>Answers of the pairs tested that refuse (<see cref="Replay.Refusals"/>).</summary>
    public int Refusals { get; init; }

    /// <summary>Answers of the pairs tested that stop before they end (<see cref="Truncations"/>).</summary>
    public int Truncated { get; init; }
}

/// <summary>How the answers compare; similarities and shares in [0, 1], each with a 95 % interval (percentile bootstrap over pairs).</summary>
public sealed record QualityComparison
{
    public double? SemanticSimilarity { get; init; }

    public Interval? SemanticSimilarityInterval { get; init; }

    /// <summary>"lexical" or "embedding".</summary>
    public required string SimilarityMethod { get; init; }

    /// <summary>Why it is another method than the one asked for; null for nothing.</summary>
    public string? SimilarityNote { get; init; }

    /// <summary>Share of pairs as different as answers to different prompts.</summary>
    public double? Unrelated { get; init; }

    public Interval? UnrelatedInterval { get; init; }

    /// <summary>Mean length of the target's answers, characters, over the source's.</summary>
    public double? OutputLengthRatio { get; init; }

    public Interval? OutputLengthRatioInterval { get; init; }

    /// <summary>Share of the target's answers that stop before they end (<see cref="Truncations"/>), less the source's share: in [-1, 1].</summary>
    public double? TruncatedExcess { get; init; }

    public Interval? TruncatedExcessInterval { get; init; }

    /// <summary>Share of pairs whose answers have the same form: JSON, code block, list, prose, tool call (<see cref="AnswerForms"/>).</summary>
    public double? FormatMatch { get; init; }

    public Interval? FormatMatchInterval { get; init; }

    /// <summary>Pairs whose request demanded JSON and that neither model answered by a tool call.</summary>
    public int JsonDemanded { get; init; }

    /// <summary>Those that the source, and the target, answered with nothing but JSON.</summary>
    public int SourceJson { get; init; }

    public int TargetJson { get; init; }

    /// <summary>Answers that could be held against a schema which the request gave for its answer or its tools, and those that are valid.</summary>
    public int SourceSchemaChecked { get; init; }

    public int SourceSchemaValid { get; init; }

    public int TargetSchemaChecked { get; init; }

    public int TargetSchemaValid { get; init; }

    /// <summary>Null when no answer calls a tool.</summary>
    public ToolComparison? ToolCalls { get; init; }
}

/// <summary>How the tool calls compare, over the pairs in which a side calls tools; shares in [0, 1], each with a 95 % interval.</summary>
public sealed record ToolComparison
{
    public required int Pairs { get; init; }

    /// <summary>Share in which both call the same tools.</summary>
    public required double NameMatch { get; init; }

    public required Interval NameMatchInterval { get; init; }

    /// <summary>Share in which both call the same tools with the same arguments, as JSON values.</summary>
    public required double ToolMatch { get; init; }

    public required Interval ToolMatchInterval { get; init; }

    /// <summary>Mean similarity of the arguments (<see cref="ToolAgreement"/>).</summary>
    public required double ArgumentSimilarity { get; init; }

    public required Interval ArgumentSimilarityInterval { get; init; }
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

namespace Gateflow.Core.Replay;

/// <summary>How alike the source's own answers are when it is asked twice: more than this no target can be expected to reach.</summary>
public sealed record NoiseFloor
{
    /// <summary>Requests that the source answered both times, and the target too.</summary>
    public required int Pairs { get; init; }

    /// <summary>Requests that the source failed to answer the second time.</summary>
    public int Errors { get; init; }

    public double? SemanticSimilarity { get; init; }

    public Interval? SemanticSimilarityInterval { get; init; }

    public double? Unrelated { get; init; }

    public double? FormatMatch { get; init; }

    public double? OutputLengthRatio { get; init; }

    public ToolComparison? ToolCalls { get; init; }
}

internal static class NoiseFloors
{
    /// <summary>Fewer pairs tell nothing that limits might be lowered by.</summary>
    public const int FewPairs = 20;

    /// <summary>Parts of the source's similarity to itself below which a mean is poor, and above which it is good.</summary>
    public const double PoorPart = 0.6;

    public const double GoodPart = 0.8;

    public static NoiseFloor? Of(IReadOnlyList<AnswerPair> pairs, List<AnswerPair> again, List<PairScore> noise, ITextSpace space, int seed)
    {
        if (pairs.All(p => p.Again is null))
        {
            return null;
        }

        var quality = QualityFigures.Of([.. again.Select(p => p with { Target = p.Again! })], noise, space, seed);
        return new NoiseFloor
        {
            Pairs = again.Count,
            Errors = pairs.Count(p => p.Again is { IsAnswer: false }),
            SemanticSimilarity = quality.SemanticSimilarity,
            SemanticSimilarityInterval = quality.SemanticSimilarityInterval,
            Unrelated = quality.Unrelated,
            FormatMatch = quality.FormatMatch,
            OutputLengthRatio = quality.OutputLengthRatio,
            ToolCalls = quality.ToolCalls,
        };
    }

    /// <summary>A source that is unlike itself lowers what is asked of the target; one that repeats itself raises nothing, for other words may say the same.</summary>
    public static SimilarityScale Lower(SimilarityScale scale, NoiseFloor? floor) =>
        floor is { Pairs: >= FewPairs, SemanticSimilarity: { } own }
            ? scale with { Poor = Math.Min(scale.Poor, PoorPart * own), Good = Math.Min(scale.Good, GoodPart * own) }
            : scale;
}

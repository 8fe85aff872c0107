namespace Gateflow.Core.Quality;

/// <summary>What an answer's quality is made of, each in [0, 1]. The order is that of stored sums: new parts go to the end.</summary>
public enum QualityPart : byte
{
    /// <summary>Neither empty nor without a tool call. 0 makes the score 0.</summary>
    Answered,

    /// <summary>The demanded format was kept: JSON, the schema, the tools' own schemas. Absent where none was demanded. 0 makes the score 0.</summary>
    Format,

    /// <summary>Not cut off by its length.</summary>
    Complete,

    /// <summary>Not refused by the model.</summary>
    NotRefused,

    /// <summary>About as long as the source's answers are.</summary>
    Length,

    /// <summary>What a user said of it.</summary>
    Feedback,

    /// <summary>How alike the two models' answers to one prompt are.</summary>
    Similarity,
}

/// <summary>The published weights and words of the parts: what docs/quality.md, the API and the pages say.</summary>
public static class QualityWeights
{
    /// <summary>Every part, in order.</summary>
    public static IReadOnlyList<QualityPart> Parts { get; } = Enum.GetValues<QualityPart>();

    /// <summary>
    /// Weight in the mean. Similarity weighs nothing: a good answer may be worded otherwise, and the source compared with itself would always win.
    /// </summary>
    public static double Of(QualityPart part) => part switch
    {
        QualityPart.Answered => 1,
        QualityPart.Format => 3,
        QualityPart.Complete => 4,
        QualityPart.NotRefused => 3,
        QualityPart.Length => 1,
        QualityPart.Feedback => 4,
        _ => 0,
    };

    /// <summary>One plain sentence: what the part says.</summary>
    public static string Explain(QualityPart part) => part switch
    {
        QualityPart.Answered => "The answer has text or a tool call; without, its score is 0.",
        QualityPart.Format => "The demanded JSON, schema or tool arguments are valid; if not, the score is 0. Left out where no format was demanded.",
        QualityPart.Complete => "The answer was not cut off by its length limit.",
        QualityPart.NotRefused => "The model did not refuse to answer.",
        QualityPart.Length => "The answer is between a quarter and four times as long as the source's running median; beyond, the part falls to 0 at sixteen times.",
        QualityPart.Feedback => "What users said by POST /v1/feedback.",
        QualityPart.Similarity => "How alike both models' answers to the same prompt are; shown, not counted in the score.",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };
}

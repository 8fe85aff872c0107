namespace Gateflow.Core.Replay;

/// <summary>What the source's answers are.</summary>
public enum ReplayCompare
{
    /// <summary>Both models are asked.</summary>
    Both,

    /// <summary>The answers that the source gave when the requests were stored; only the target is asked.</summary>
    Recorded,
}

/// <summary>How texts are compared.</summary>
public enum SimilarityKind
{
    Lexical,
    Embedding,
}

/// <summary>How a test was set up, beside its models and its size.</summary>
public sealed record ReplaySetup
{
    /// <summary>The dataset whose items are replayed; null for recent production.</summary>
    public string? DatasetId { get; init; }

    public ReplayCompare Compare { get; init; }

    /// <summary>The source is asked once more, and its two answers are compared.</summary>
    public bool NoiseFloor { get; init; }

    /// <summary>Pairs under way at once.</summary>
    public int Concurrency { get; init; } = 8;

    public SimilarityKind Similarity { get; init; }

    /// <summary>The model that gives embeddings; null for lexical similarity.</summary>
    public string? EmbeddingModel { get; init; }

    /// <summary>The model that judges pairs; null for none.</summary>
    public string? JudgeModel { get; init; }

    /// <summary>By what it judges; null for the rubric that Gateflow brings.</summary>
    public string? JudgeRubric { get; init; }
}

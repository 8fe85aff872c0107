namespace Gateflow.Core.Replay;

/// <summary>
/// A way to tell how alike texts are. All texts of a comparison are given at once, so that a method may weigh words by how common they
/// are among them, or ask a provider for embeddings in batches.
/// </summary>
public interface ISimilarity
{
    /// <summary>The name that stands beside each score: "lexical", "embedding".</summary>
    string Method { get; }

    /// <summary>How this method's scores are to be read.</summary>
    SimilarityScale Scale { get; }

    /// <summary>Places texts in one space.</summary>
    Task<ITextSpace> PlaceAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken);
}

/// <summary>Texts that were placed, by their index in the list given.</summary>
public interface ITextSpace
{
    /// <summary>Similarity of two texts in [0, 1]: 1 for equal ones, about 0 for unrelated ones. An empty text is 1 to an empty one and 0 to every other.</summary>
    double Between(int first, int second);
}

/// <summary>How the scores of a method are to be read, from measurements on answers of real models.</summary>
/// <param name="Unrelated">Below it lie nearly all pairs of answers to different prompts.</param>
/// <param name="Poor">A mean surely below it means that the models do not answer alike.</param>
/// <param name="Good">A mean surely above it is what good models reach on free text.</param>
public sealed record SimilarityScale(double Unrelated, double Poor, double Good);

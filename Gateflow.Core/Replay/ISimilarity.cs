namespace Gateflow.Core.Replay;

/// <summary>
/// A way to tell how alike texts are. All texts of a comparison are given at once, so that a method may weigh words by how common they
/// are among them, or ask a provider for embeddings in batches.
/// </summary>
public interface ISimilarity
{
    /// <summary>Places texts in one space. A method that cannot do its work gives the space of another, which says so.</summary>
    /// <param name="texts">All texts that will be compared.</param>
    /// <param name="distinct">So many of the first answer different prompts: what they have in common is chance.</param>
    /// <param name="cancellationToken">Ends the asking; what is left is another method.</param>
    Task<ITextSpace> PlaceAsync(IReadOnlyList<string> texts, int distinct, CancellationToken cancellationToken);
}

/// <summary>Texts that were placed, by their index in the list given.</summary>
public interface ITextSpace
{
    /// <summary>The name that stands beside each score: "lexical", "embedding".</summary>
    string Method { get; }

    /// <summary>Why it is another method than the one asked for, or what else is to be known; null for nothing.</summary>
    string? Note { get; }

    /// <summary>How this method's scores are to be read.</summary>
    SimilarityScale Scale { get; }

    /// <summary>Similarity of two texts in [0, 1]: 1 for equal ones, about 0 for unrelated ones. An empty text is 1 to an empty one and 0 to every other.</summary>
    double Between(int first, int second);
}

/// <summary>How the scores of a method are to be read.</summary>
/// <param name="Unrelated">Below it lie nearly all pairs of answers to different prompts.</param>
/// <param name="Poor">A mean surely below it means that the models do not answer alike.</param>
/// <param name="Good">A mean surely above it is what good models reach on free text.</param>
public sealed record SimilarityScale(double Unrelated, double Poor, double Good);

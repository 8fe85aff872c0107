using Gateflow.Core.Replay;

namespace Gateflow.Core.Quality;

/// <summary>What one prompt answered by both models says: for mirrored copies and sampled pairs.</summary>
public static class PairQuality
{
    /// <summary>The parts of the target's answer that need the source's beside it: answered, length and similarity (lexical).</summary>
    public static AnswerParts Compare(string source, string target)
    {
        var parts = default(AnswerParts).With(QualityPart.Answered, string.IsNullOrWhiteSpace(target) ? 0 : 1);
        if (source.Length > 0 && target.Length > 0)
        {
            parts.Set(QualityPart.Length, LengthMedians.Of((double)target.Length / source.Length));
            parts.Set(QualityPart.Similarity, LexicalSimilarity.Place([source, target]).Between(0, 1));
        }

        return parts;
    }
}

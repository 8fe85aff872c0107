using System.Runtime.InteropServices;

namespace Gateflow.Core.Replay;

/// <summary>
/// Similarity by shared words: offline, free, deterministic. The score is the mean of two cosines of TF-IDF vectors, one over words, one over
/// their leading 4-grams. A term weighs (1 + ln tf) · ln((N + B + 1) / (df + B·p + 1)): tf its count in the text, df the texts of the N at
/// hand that hold it, and B = 50 imaginary texts that hold each common English word with p = ½ and any other with p = 0.005, so that few
/// texts are judged sensibly too (Salton &amp; Buckley 1988, "Term-weighting approaches in automatic text retrieval", with a prior).
/// </summary>
/// <remarks>
/// It knows no synonyms: two good models that answer the same prompt in free text score about 0.45 to 0.55 on average, answers to different
/// prompts about 0.03. docs/replay.md has the figures.
/// </remarks>
public sealed class LexicalSimilarity : ISimilarity
{
    private const double PriorTexts = 50;
    private const double CommonShare = 0.5;
    private const double RareShare = 0.005;

    public const string Name = "lexical";

    /// <summary>From measurements on answers of real models: docs/replay.md.</summary>
    public static readonly SimilarityScale Scale = new(Unrelated: 0.10, Poor: 0.30, Good: 0.38);

    public Task<ITextSpace> PlaceAsync(IReadOnlyList<string> texts, int distinct, CancellationToken cancellationToken) => Task.FromResult(Place(texts));

    /// <summary>The same without waiting: nothing here waits.</summary>
    public static ITextSpace Place(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var words = texts.Select(LexicalTerms.Words).ToList();
        return new Space(
            texts, Weigh(words, LexicalTerms.Common.Contains), Weigh([.. words.Select(w => LexicalTerms.Leads(w).ToList())], LexicalTerms.Common.Contains));
    }

    /// <summary>Unit vectors, sorted by term; empty for texts without a term.</summary>
    private static (int Term, double Weight)[][] Weigh(List<List<string>> texts, Func<string, bool> isCommon)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        List<(int InTexts, double Prior)> terms = [];
        var counts = new List<Dictionary<int, int>>(texts.Count);
        foreach (var text in texts)
        {
            var count = new Dictionary<int, int>();
            foreach (var term in text)
            {
                ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(ids, term, out var known);
                if (!known)
                {
                    id = terms.Count;
                    terms.Add((0, PriorTexts * (isCommon(term) ? CommonShare : RareShare)));
                }

                CollectionsMarshal.GetValueRefOrAddDefault(count, id, out _)++;
            }

            foreach (var id in count.Keys)
            {
                terms[id] = (terms[id].InTexts + 1, terms[id].Prior);
            }

            counts.Add(count);
        }

        var rarity = terms.ConvertAll(t => Math.Log((texts.Count + PriorTexts + 1) / (t.InTexts + t.Prior + 1)));
        return [.. counts.Select(count => Unit(count, rarity))];
    }

    private static (int, double)[] Unit(Dictionary<int, int> count, List<double> rarity)
    {
        var vector = new (int Term, double Weight)[count.Count];
        var at = 0;
        double square = 0;
        foreach (var (term, times) in count)
        {
            var weight = (1 + Math.Log(times)) * rarity[term];
            vector[at++] = (term, weight);
            square += weight * weight;
        }

        Array.Sort(vector, (a, b) => a.Term.CompareTo(b.Term));
        var length = Math.Sqrt(square);
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i].Weight /= length;
        }

        return vector;
    }

    private sealed class Space(IReadOnlyList<string> texts, (int Term, double Weight)[][] words, (int Term, double Weight)[][] leads) : ITextSpace
    {
        public string Method => Name;

        public string? Note => null;

        public SimilarityScale Scale => LexicalSimilarity.Scale;

        public double Between(int first, int second)
        {
            if (words[first].Length > 0 && words[second].Length > 0)
            {
                return Math.Clamp((Cosine(words[first], words[second]) + Cosine(leads[first], leads[second])) / 2, 0, 1);
            }

            // Nothing but punctuation on a side: alike only when it is the same.
            return texts[first].AsSpan().Trim().SequenceEqual(texts[second].AsSpan().Trim()) ? 1 : 0;
        }

        private static double Cosine((int Term, double Weight)[] a, (int Term, double Weight)[] b)
        {
            double sum = 0;
            for (int i = 0, j = 0; i < a.Length && j < b.Length;)
            {
                var order = a[i].Term.CompareTo(b[j].Term);
                if (order == 0)
                {
                    sum += a[i++].Weight * b[j++].Weight;
                }
                else if (order < 0)
                {
                    i++;
                }
                else
                {
                    j++;
                }
            }

            return sum;
        }
    }
}

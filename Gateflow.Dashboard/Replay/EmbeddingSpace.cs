using Gateflow.Core.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>
/// Texts as vectors. Models of embeddings differ in what cosine unrelated texts have, so cosines are set against the median c₀ of answers to different
/// prompts: the score is (c − c₀) / (1 − c₀), and the scale follows from how those answers scatter.
/// </summary>
internal sealed class EmbeddingSpace : ITextSpace
{
    private const int MostDrawn = 2000;
    private const int FewTexts = 5;
    private const int Seed = 1;

    /// <summary>Score of unrelated answers where it cannot be measured, and at least.</summary>
    private const double UsualUnrelated = 0.2;

    private const double LeastUnrelated = 0.05;

    /// <summary>Parts of the way from unrelated to equal.</summary>
    private const double PoorPart = 0.2;

    private const double GoodPart = 0.4;

    private readonly IReadOnlyList<string> _texts;
    private readonly IReadOnlyDictionary<string, float[]> _vectors;
    private readonly double _base;

    /// <param name="texts">As they were sent.</param>
    /// <param name="vectors">By text; none for blank ones.</param>
    /// <param name="distinct">So many of the first texts answer different prompts.</param>
    /// <param name="model">For the note.</param>
    public EmbeddingSpace(IReadOnlyList<string> texts, IReadOnlyDictionary<string, float[]> vectors, int distinct, string model)
    {
        (_texts, _vectors) = (texts, vectors);
        var unrelated = UsualUnrelated;
        var placed = Enumerable.Range(0, Math.Min(distinct, texts.Count)).Where(i => vectors.ContainsKey(texts[i])).ToList();
        if (placed.Count >= FewTexts && Chance(placed) is { Count: > 0 } chance)
        {
            _base = Math.Clamp(chance[chance.Count / 2], 0, 0.99);
            unrelated = Math.Clamp(Score(chance[(int)(0.9 * (chance.Count - 1))]), LeastUnrelated, 0.9);
        }

        Scale = new SimilarityScale(unrelated, unrelated + (PoorPart * (1 - unrelated)), unrelated + (GoodPart * (1 - unrelated)));
        Note = FormattableString.Invariant($"Embeddings of {model}; answers to different prompts have a median cosine of {_base:0.00}, which counts as 0.");
    }

    public string Method => "embedding";

    public string? Note { get; }

    public SimilarityScale Scale { get; }

    public double Between(int first, int second) =>
        _texts[first] == _texts[second] ? 1
        : _vectors.TryGetValue(_texts[first], out var a) && _vectors.TryGetValue(_texts[second], out var b) ? Score(Cosine(a, b))
        : string.IsNullOrWhiteSpace(_texts[first]) && string.IsNullOrWhiteSpace(_texts[second]) ? 1
        : 0;

    /// <summary>Cosines of answers to different prompts, sorted.</summary>
    private List<double> Chance(List<int> placed)
    {
        var random = new Random(Seed);
        List<double> cosines = [];
        for (var i = 0; i < MostDrawn; i++)
        {
            var (first, second) = (_texts[placed[random.Next(placed.Count)]], _texts[placed[random.Next(placed.Count)]]);
            if (first != second)
            {
                cosines.Add(Cosine(_vectors[first], _vectors[second]));
            }
        }

        cosines.Sort();
        return cosines;
    }

    private static double Cosine(float[] a, float[] b)
    {
        double product = 0, squareA = 0, squareB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            squareA += (double)a[i] * a[i];
            squareB += (double)b[i] * b[i];
        }

        return product / Math.Sqrt(squareA * squareB);
    }

    private double Score(double cosine) => Math.Clamp((cosine - _base) / (1 - _base), 0, 1);
}

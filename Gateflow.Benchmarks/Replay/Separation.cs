using Gateflow.Core.Replay;

namespace Gateflow.Benchmarks.Replay;

/// <summary>How far the scores of answers to one prompt lie above those of answers to different prompts.</summary>
/// <param name="Auc">Area under the ROC curve: the share of all (same, different) in which the same prompt scores higher, ties half (Mann &amp; Whitney 1947).</param>
/// <param name="Same">Mean score of two models' answers to the same prompt.</param>
/// <param name="Different">Mean score of their answers to different prompts: the floor of the method.</param>
/// <param name="DifferentHigh">95th percentile of the latter.</param>
/// <param name="Unrelated">Share of same-prompt pairs that score below the method's limit for unrelated texts.</param>
internal sealed record Separation(double Auc, double Same, double Different, double DifferentHigh, double Unrelated)
{
    /// <param name="first">One model's answers.</param>
    /// <param name="second">The other's, to the same prompts in the same order.</param>
    public static Separation Of(List<string> first, List<string> second)
    {
        var n = first.Count;
        var space = LexicalSimilarity.Place([.. first, .. second]);
        var same = new double[n];
        var different = new double[n * (n - 1)];
        var at = 0;
        for (var i = 0; i < n; i++)
        {
            same[i] = space.Between(i, n + i);
            for (var j = 0; j < n; j++)
            {
                if (j != i)
                {
                    different[at++] = space.Between(i, n + j);
                }
            }
        }

        Array.Sort(different);
        var wins = same.Sum(score => Below(different, score) + ((Below(different, score, orEqual: true) - Below(different, score)) / 2.0));
        return new Separation(
            wins / ((double)n * different.Length), same.Average(), different.Average(), different[(int)(0.95 * (different.Length - 1))],
            same.Count(s => s < space.Scale.Unrelated) / (double)n);
    }

    private static int Below(double[] sorted, double value, bool orEqual = false)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < value || (orEqual && sorted[middle] == value))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

namespace Gateflow.Core.Replay;

/// <summary>
/// 95 % intervals by the percentile bootstrap (Efron &amp; Tibshirani 1993, chapter 13): pairs are drawn again with replacement, the same draws for
/// every figure, and the interval holds the middle 95 % of what comes out. The same seed gives the same intervals.
/// </summary>
public sealed class Bootstrap
{
    public const int Resamples = 1000;

    private readonly int[][] _draws;

    /// <param name="count">Pairs; at least 1.</param>
    /// <param name="random">Seeded by the caller.</param>
    public Bootstrap(int count, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _draws = new int[Resamples][];
        for (var i = 0; i < Resamples; i++)
        {
            var draw = _draws[i] = new int[count];
            for (var j = 0; j < count; j++)
            {
                draw[j] = random.Next(count);
            }
        }
    }

    /// <summary>Interval of a mean.</summary>
    public Interval OfMean(IReadOnlyList<double> values) => OfRatio(values, null)!;

    /// <summary>Interval of a ratio of means; draws whose denominator is 0 are left out, and null comes back when all are.</summary>
    /// <param name="denominators">Null for a plain mean.</param>
    public Interval? OfRatio(IReadOnlyList<double> numerators, IReadOnlyList<double>? denominators)
    {
        List<double> found = new(Resamples);
        foreach (var draw in _draws)
        {
            double top = 0;
            double bottom = denominators is null ? draw.Length : 0;
            foreach (var index in draw)
            {
                top += numerators[index];
                bottom += denominators is null ? 0 : denominators[index];
            }

            if (bottom > 0)
            {
                found.Add(top / bottom);
            }
        }

        if (found.Count == 0)
        {
            return null;
        }

        found.Sort();
        return new Interval(Quantile(found, 0.025), Quantile(found, 0.975));
    }

    private static double Quantile(List<double> sorted, double share)
    {
        var at = share * (sorted.Count - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}

namespace Gateflow.Core.Rollout;

/// <summary>
/// The points θ₁…θ₈ on the bad side of a limit p₀, in log-odds from just above it to near certainty, closer to each other near the limit:
/// there a request says little, and a point that lies beside the truth costs the most of them.
/// </summary>
internal static class OddsGrid
{
    private const double Crowding = 1.5;

    /// <summary>Places of the points in the range, 0–1.</summary>
    private static readonly double[] Spacing =
        [.. Enumerable.Range(0, ShiryaevMixture.Points).Select(i => Math.Pow((double)i / (ShiryaevMixture.Points - 1), Crowding))];

    /// <summary>Fills the likelihood ratios of each point for an event and for none.</summary>
    /// <param name="p0">The limit, in (0, 1).</param>
    /// <param name="lowest">Lowest point as a multiple of the limit.</param>
    /// <param name="highest">Highest point.</param>
    /// <param name="hit">θ/p₀.</param>
    /// <param name="miss">(1−θ)/(1−p₀).</param>
    public static void Fill(double p0, double lowest, double highest, Span<double> hit, Span<double> miss)
    {
        // A limit near 1 leaves little room above it; every point must stay on its bad side.
        var top = Math.Max(highest, p0 + (0.5 * (1 - p0)));
        var from = LogOdds(Math.Min(lowest * p0, 0.5 * (p0 + top)));
        var range = LogOdds(top) - from;
        for (var i = 0; i < ShiryaevMixture.Points; i++)
        {
            var theta = 1 / (1 + Math.Exp(-(from + (range * Spacing[i]))));
            hit[i] = theta / p0;
            miss[i] = (1 - theta) / (1 - p0);
        }
    }

    private static double LogOdds(double p) => Math.Log(p / (1 - p));
}

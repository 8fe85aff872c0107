namespace Gateflow.Core.Rollout;

/// <summary>Traffic at one weight, for foretelling what a test can see.</summary>
/// <param name="Weight">Percent on the target.</param>
/// <param name="TargetRequests">Target requests in the step.</param>
internal readonly record struct PowerStep(double Weight, double TargetRequests);

/// <summary>
/// The smallest regressions that a number of requests would be expected to turn into a breach: where the expected growth of the log-evidence of the best of
/// the eight points (or bets), summed over the requests, pays the price ln(2 · 8/α) of a threshold 1/α reached by the test that starts at once, which has half the weight. About
/// half of the runs catch a regression of that size. Each is null when even the largest would go unseen.
/// </summary>
internal static class Power
{
    /// <summary>Spread of latencies that is assumed where none was seen: standard deviation of their logarithm.</summary>
    public const double LatencySigma = 0.8;

    /// <summary>Spread of quality scores that is assumed where few were seen: their standard deviation.</summary>
    public const double ScoreDeviation = 0.25;

    private const double MostRatio = 1_000;
    private const double Z95 = 1.6448536269514722;

    /// <summary>The error rate (0–1) of the target.</summary>
    public static double? ErrorRate(double limit, double alpha, double requests)
    {
        var (hit, miss) = Grid(limit, 1.5, 0.95);
        return Smallest(limit, 1, alpha, rate => requests * Best(rate, hit, miss));
    }

    /// <summary>The ratio of the target's latencies to the source's, both log-normal with one spread. Needs source traffic: steps above 90 % see nothing.</summary>
    /// <param name="sigma">Standard deviation of the logarithm of latencies, above 0.</param>
    public static double? LatencyRatio(double limit, double alpha, IReadOnlyList<PowerStep> steps, double sigma)
    {
        return Smallest(limit, MostRatio, alpha, Growth);

        double Growth(double ratio)
        {
            var slow = Normal((Math.Log(ratio / limit) / sigma) - Z95); // P(target > limit · c)
            var (growth, unseen) = (0.0, (double)GuardrailMinimums.LatencySources);
            foreach (var step in steps.Where(s => s.Weight is > 0 and <= GuardrailMinimums.LatencyMaxWeight))
            {
                var share = step.Weight / 100;
                var sources = step.TargetRequests * (1 - share) / share;
                var seen = sources <= 0 ? 0 : Math.Max(0, 1 - (unseen / sources)); // the first source requests fill the window
                unseen = Math.Max(0, unseen - sources);
                var (target, source) = (step.TargetRequests * slow, sources * (1 - LatencyTest.Tail));
                var (hit, miss) = Grid(Math.Clamp(share, 0.01, 0.99), 1.3, 0.99);
                growth += seen * (target + source) * Math.Max(0, Best(target / (target + source), hit, miss));
            }

            return growth;
        }
    }

    /// <summary>The drop of the mean score (0–1), the scores of both models with one spread. Needs source traffic: a step at 100 % sees nothing.</summary>
    /// <param name="deviation">Standard deviation of scores, 0–0.5.</param>
    public static double? QualityDrop(double limit, double alpha, IReadOnlyList<PowerStep> steps, double deviation)
    {
        return Smallest(limit, 1, alpha, Growth);

        double Growth(double drop) => steps.Where(s => s.Weight is > 0 and < 100).Sum(step =>
        {
            var perTarget = (100 - step.Weight) / step.Weight;
            var compared = step.TargetRequests * Math.Min(1, perTarget); // a target score without a source score since the last does not enter
            var variance = deviation * deviation * (1 + (1 / Math.Max(1, perTarget)));
            var (mean, best) = (drop - limit, 0.0);
            foreach (var bet in QualityTest.Bets)
            {
                var stake = Math.Min(bet, 0.99 / (1 + limit));
                best = Math.Max(best, (stake * mean) - (stake * stake * (variance + (mean * mean)) / 2)); // ln(1 + x) to the second order
            }

            return compared * best;
        });
    }

    private static double? Smallest(double low, double high, double alpha, Func<double, double> growth)
    {
        var price = Math.Log(2 * ShiryaevMixture.Points / alpha);
        if (growth(high) < price)
        {
            return null;
        }

        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = growth(middle) < price ? (middle, high) : (low, middle);
        }

        return high;
    }

    private static (double[] Hit, double[] Miss) Grid(double limit, double lowest, double highest)
    {
        var (hit, miss) = (new double[ShiryaevMixture.Points], new double[ShiryaevMixture.Points]);
        OddsGrid.Fill(limit, lowest, highest, hit, miss);
        return (hit, miss);
    }

    private static double Best(double rate, double[] hit, double[] miss)
    {
        var best = double.NegativeInfinity;
        for (var i = 0; i < hit.Length; i++)
        {
            best = Math.Max(best, (rate * Math.Log(hit[i])) + ((1 - rate) * Math.Log(miss[i])));
        }

        return best;
    }

    /// <summary>The standard normal distribution function (Abramowitz and Stegun 26.2.17, error below 1e-7).</summary>
    private static double Normal(double x)
    {
        var t = 1 / (1 + (0.2316419 * Math.Abs(x)));
        var tail = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) * t
            * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return x >= 0 ? 1 - tail : tail;
    }
}

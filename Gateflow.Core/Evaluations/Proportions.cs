using Gateflow.Core.Replay;

namespace Gateflow.Core.Evaluations;

/// <summary>95 % intervals of shares, right also when all or none succeed, where a bootstrap would claim certainty.</summary>
public static class Proportions
{
    private const double Z = 1.959964;

    /// <summary>Wilson's score interval (1927).</summary>
    /// <param name="successes">0 to <paramref name="count"/>.</param>
    /// <param name="count">At least 1.</param>
    public static Interval Of(int successes, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var share = (double)successes / count;
        var middle = share + (Z * Z / (2 * count));
        var half = Z * Math.Sqrt(((share * (1 - share)) + (Z * Z / (4 * count))) / count);
        var scale = 1 + (Z * Z / count);
        return new Interval(Math.Max(0, (middle - half) / scale), Math.Min(1, (middle + half) / scale));
    }

    /// <summary>
    /// Interval of the difference of two shares on the same items, second less first: Newcombe's method 10 (1998, "Improved confidence intervals for
    /// the difference between binomial proportions based on paired data", Statistics in Medicine 17).
    /// </summary>
    /// <param name="both">Items at which both succeed.</param>
    /// <param name="onlyFirst">Items at which only the first succeeds.</param>
    /// <param name="onlySecond">Items at which only the second succeeds.</param>
    /// <param name="neither">Items at which both fail; the four sum to at least 1.</param>
    public static Interval OfDifference(int both, int onlyFirst, int onlySecond, int neither)
    {
        var count = both + onlyFirst + onlySecond + neither;
        var (first, second) = (Of(both + onlyFirst, count), Of(both + onlySecond, count));
        var (shareFirst, shareSecond) = ((double)(both + onlyFirst) / count, (double)(both + onlySecond) / count);
        var phi = Phi(both, onlyFirst, onlySecond, neither, count);
        var difference = shareSecond - shareFirst;
        var below = Distance(shareSecond - second.Low, first.High - shareFirst, phi);
        var above = Distance(second.High - shareSecond, shareFirst - first.Low, phi);
        return new Interval(Math.Max(-1, difference - below), Math.Min(1, difference + above));
    }

    /// <summary>Correlation of the two, corrected for continuity; 0 where one of them always succeeds or always fails.</summary>
    private static double Phi(double both, double onlyFirst, double onlySecond, double neither, int count)
    {
        var margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
        var excess = (both * neither) - (onlyFirst * onlySecond);
        excess = excess > 0 ? Math.Max(0, excess - (count / 2.0)) : excess;
        return margins > 0 ? excess / Math.Sqrt(margins) : 0;
    }

    private static double Distance(double a, double b, double phi) => Math.Sqrt(Math.Max(0, (a * a) - (2 * phi * a * b) + (b * b)));
}

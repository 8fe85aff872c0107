namespace Gateflow.Core.Replay;

/// <summary>How often the target's answer was called better, as good, or worse than the source's, by people or by a judge.</summary>
public sealed record Opinions(int Better, int Same, int Worse)
{
    /// <summary>Level of the sign test.</summary>
    private const double Level = 0.05;

    public int Count => Better + Same + Worse;

    /// <summary>
    /// True when "worse" surely outweighs "better": a one-sided sign test (Dixon &amp; Mood 1946) at 5 % over those that are not the same, and at
    /// least a tenth of all by which it outweighs.
    /// </summary>
    public bool SurelyWorse => Worse - Better >= 0.1 * Count && Tail(Better + Worse, Worse) < Level;

    /// <summary>P(X ≥ <paramref name="least"/>) of a fair coin thrown <paramref name="throws"/> times.</summary>
    private static double Tail(int throws, int least)
    {
        double tail = 0;
        var term = -throws * Math.Log(2); // ln C(n, 0) 2^-n
        for (var k = 0; k <= throws; k++)
        {
            tail += k >= least ? Math.Exp(term) : 0;
            term += k < throws ? Math.Log(throws - k) - Math.Log(k + 1) : 0;
        }

        return tail;
    }
}

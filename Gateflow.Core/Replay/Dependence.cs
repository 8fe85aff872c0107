namespace Gateflow.Core.Replay;

/// <summary>Whether a model's answers depend on what it was asked.</summary>
internal static class Dependence
{
    /// <summary>Other requests to which each answer is compared.</summary>
    private const int Others = 10;

    /// <summary>Share of the commonest text that says something.</summary>
    public static double Same(IEnumerable<ReplayAnswer> answers)
    {
        var texts = answers.Select(a => a.Text?.Trim() ?? "").ToList();
        return texts.Count == 0 ? 0 : texts.Where(t => t.Length > 0).GroupBy(t => t, StringComparer.OrdinalIgnoreCase).Select(g => g.Count()).DefaultIfEmpty().Max() / (double)texts.Count;
    }

    /// <summary>How often own(i, i) exceeds own(i, j), over some j other than i; ties count half.</summary>
    public static double Fits(int n, Func<int, int, double> between)
    {
        var others = Math.Min(Others, n - 1);
        double wins = 0;
        for (var i = 0; i < n; i++)
        {
            var own = between(i, i);
            for (var k = 1; k <= others; k++)
            {
                var other = between(i, (i + (k * n / (others + 1))) % n);
                wins += own > other + 1e-9 ? 1 : own < other - 1e-9 ? 0 : 0.5;
            }
        }

        return wins / (n * others);
    }
}

namespace Gateflow.Core.Rollout;

/// <summary>State of a <see cref="ShiryaevMixture"/>: observations folded, the eight running products, and the observations that its weights were spread over at the start.</summary>
public sealed record MixtureState(long Count, double[] A, double Expected = 0);

/// <summary>
/// The engine of every guardrail: a one-sided Shiryaev mixture of test martingales. One test starts at each observation t, with a
/// weight w_t fixed beforehand: ½ at t = 1, ½ spread evenly over 2…N (N the observations expected). For each of eight points
/// A_i ← (A_i + w_t)·LR_i(x_t), and M_t = mean_i A_i + Σ_{j&gt;t} w_j. M is a mixture of nonnegative supermartingales whose weights sum
/// to 1, so P(ever M ≥ 1/α) ≤ α while the limit is kept, however often it is looked at (Ville 1939; Shiryaev 1963; Shin, Ramdas and
/// Rinaldo 2023). O(1) an observation, no allocation, not thread-safe.
/// </summary>
internal sealed class ShiryaevMixture
{
    public const int Points = 8;

    private const double FirstShare = 0.5;

    // Far above any threshold and far below overflow. Lowering A only lowers M, so the bound holds.
    private const double Highest = 1e100;

    // What is below counts for nothing, and denormal numbers are slow.
    private const double Lowest = 1e-200;

    private readonly double[] _a = new double[Points];
    private readonly double _tail;
    private double _expected;
    private long _count;

    /// <param name="expected">Observations over which the later starts are spread, at least 2.</param>
    /// <param name="tailShare">Weight, taken from the even half, for starts after <paramref name="expected"/> (w_t = share·N/(t(t−1))); 0–0.5. With 0, a change after N goes unseen.</param>
    public ShiryaevMixture(double expected, double tailShare = 0)
    {
        _expected = Math.Max(2, expected);
        _tail = Math.Clamp(tailShare, 0, 1 - FirstShare);
    }

    /// <summary>The evidence, 1 at the start.</summary>
    public double M { get; private set; } = 1;

    public long Count => _count;

    /// <summary>Folds one observation given as its eight likelihood ratios or bets, each finite and not negative.</summary>
    public void Fold(ReadOnlySpan<double> factors)
    {
        var before = Unspent(_count);
        _count++;
        var start = before - Unspent(_count);
        for (var i = 0; i < _a.Length; i++)
        {
            var a = (_a[i] + start) * factors[i];
            _a[i] = a < Lowest ? 0 : Math.Min(a, Highest);
        }

        M = Evidence();
    }

    public MixtureState Save() => new(_count, [.. _a], _expected);

    /// <summary>Continues; the weights stay those of the start, whatever is expected now.</summary>
    public void Restore(MixtureState state)
    {
        _expected = state.Expected >= 2 ? state.Expected : _expected;
        _count = state.Count;
        state.A.AsSpan(0, Points).CopyTo(_a);
        M = Evidence();
    }

    private double Evidence()
    {
        var sum = 0.0;
        foreach (var a in _a)
        {
            sum += a;
        }

        return (sum / Points) + Unspent(_count);
    }

    /// <summary>Weight of the tests that have not started after n observations.</summary>
    private double Unspent(long n)
    {
        if (n == 0)
        {
            return 1;
        }

        var even = n < _expected ? (1 - FirstShare - _tail) * (_expected - n) / (_expected - 1) : 0;
        return even + (n <= _expected ? _tail : _tail * _expected / n);
    }
}

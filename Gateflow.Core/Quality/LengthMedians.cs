using System.Collections.Concurrent;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.Quality;

/// <summary>
/// How long a migration's source answers, as the running median of its last 101 text answers, and what that says of the next answer. Kept in memory on
/// each node for the migrations that run; after a restart it fills anew, and the part is absent until then. Thread-safe.
/// </summary>
public sealed class LengthMedians
{
    private const int Answers = 101;
    private const int Fewest = 20;
    private const int MostMigrations = 256;

    private readonly ConcurrentDictionary<string, SortedWindow> _windows = new(StringComparer.Ordinal);

    /// <summary>
    /// The part's value for an answer: 1 within four times the source's median either way, falling with the logarithm to 0 at sixteen times; NaN while
    /// fewer than 20 source answers are known. A source answer then joins the median.
    /// </summary>
    /// <param name="length">Length of the text, above 0; in the same measure on both arms.</param>
    public double Fold(string migrationId, Arm arm, long length)
    {
        if (!_windows.TryGetValue(migrationId, out var window))
        {
            if (_windows.Count >= MostMigrations)
            {
                _windows.Clear();
            }

            window = _windows.GetOrAdd(migrationId, static _ => new SortedWindow(Answers));
        }

        lock (window)
        {
            var value = window.Count < Fewest ? double.NaN : Of(length / window.Quantile(0.5));
            if (arm == Arm.Source)
            {
                window.Add(length);
            }

            return value;
        }
    }

    /// <summary>The part's value at a ratio of lengths.</summary>
    public static double Of(double ratio) => Math.Clamp(2 - (Math.Abs(Math.Log2(ratio)) / 2), 0, 1);
}

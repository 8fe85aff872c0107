namespace Gateflow.Benchmarks.MainJob;

/// <summary>Durations in order. Quantiles by nearest rank, in milliseconds; NaN when empty.</summary>
internal sealed class Quantiles(IEnumerable<TimeSpan> durations)
{
    private readonly double[] _ordered = [.. durations.Select(d => d.TotalMilliseconds).Order()];

    public int Count => _ordered.Length;

    public double this[double q] => Count == 0 ? double.NaN : _ordered[Math.Clamp((int)Math.Ceiling(q * Count) - 1, 0, Count - 1)];
}

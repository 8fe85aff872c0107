namespace Gateflow.Core.Usage;

/// <summary>
/// Decides, on the request's path, whether bodies are worth copying: at most 20 a second in all, and for each model a first burst and then as many
/// an hour as are kept of it. Thread-safe.
/// </summary>
public sealed class SampleGate(SamplePolicy policy, TimeProvider clock)
{
    private const double PerSecond = 20;
    private const double Burst = 200;

    /// <summary>Multiples of the golden ratio's fraction fall evenly: any share of them below the rate is right after few requests.</summary>
    private const ulong GoldenFraction = 0x9E3779B97F4A7C15;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Bucket> _models = new(StringComparer.Ordinal);
    private Bucket _all = new(PerSecond, clock.GetTimestamp());
    private ulong _seen;

    /// <summary>True when the bodies of this request of the model should be kept.</summary>
    public bool Wants(string model)
    {
        var options = policy.Current;
        if (!options.Enabled || options.Rate <= 0 || options.MaxPerModel <= 0)
        {
            return false;
        }

        if (options.Rate < 1 && (Interlocked.Increment(ref _seen) * GoldenFraction) >= options.Rate * ulong.MaxValue)
        {
            return false;
        }

        var now = clock.GetTimestamp();
        lock (_lock)
        {
            _all = Fill(_all, now, PerSecond, PerSecond);
            var burst = Math.Min(Burst, options.MaxPerModel);
            var bucket = _models.TryGetValue(model, out var known) ? Fill(known, now, options.MaxPerModel / 3600.0, burst) : new Bucket(burst, now);
            var wants = _all.Left >= 1 && bucket.Left >= 1;
            if (wants)
            {
                _all = _all with { Left = _all.Left - 1 };
                bucket = bucket with { Left = bucket.Left - 1 };
            }

            _models[model] = bucket;
            return wants;
        }
    }

    private Bucket Fill(Bucket bucket, long now, double perSecond, double most) =>
        new(Math.Min(most, bucket.Left + (Math.Max(0, clock.GetElapsedTime(bucket.At, now).TotalSeconds) * perSecond)), now);

    private readonly record struct Bucket(double Left, long At);
}

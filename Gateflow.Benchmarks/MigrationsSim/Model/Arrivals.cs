namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>
/// Gaps between requests and the sizes of their answers, to be drawn in stretches, so that bursts and slow stretches stay what they are.
/// Gaps have mean 1, sizes are logarithms of tokens, standardised.
/// </summary>
internal sealed class Arrivals
{
    private readonly double[] _gaps;
    private readonly double[] _sizes;

    private Arrivals(double[] gaps, double[] sizes, string name)
    {
        var mean = gaps.Average();
        _gaps = [.. gaps.Select(x => x / mean)];
        var (middle, spread) = (sizes.Average(), 0.0);
        spread = Math.Sqrt(sizes.Average(x => (x - middle) * (x - middle)));
        _sizes = [.. sizes.Select(x => (x - middle) / spread)];
        Name = name;
    }

    /// <summary>Where they come from.</summary>
    public string Name { get; }

    public int Count => _gaps.Length;

    /// <param name="offsets">Times of arrivals since the first, rising.</param>
    /// <param name="tokens">Tokens of the answer to each.</param>
    public static Arrivals Of(IReadOnlyList<TimeSpan> offsets, IReadOnlyList<int> tokens) => new(
        [.. Enumerable.Range(1, offsets.Count - 1).Select(i => (offsets[i] - offsets[i - 1]).TotalSeconds)],
        [.. tokens.Skip(1).Select(x => Math.Log(Math.Max(1, x)))],
        $"resampled in stretches from a trace of {offsets.Count:N0} requests");

    /// <summary>
    /// A stand-in fitted to the Azure LLM inference trace 2023 (conversations): exponential gaps under a rate whose logarithm is an
    /// autoregressive process (standard deviation 0.22, memory 2,000 arrivals), log-normal sizes.
    /// </summary>
    public static Arrivals Fitted(ulong seed, int count = 20_000)
    {
        const double Spread = 0.22, Memory = 2_000;
        var dice = new Dice(seed);
        var keep = Math.Exp(-1 / Memory);
        var (gaps, sizes, rate) = (new double[count], new double[count], Spread * dice.Normal());
        for (var i = 0; i < count; i++)
        {
            rate = (keep * rate) + (Spread * Math.Sqrt(1 - (keep * keep)) * dice.Normal());
            (gaps[i], sizes[i]) = (dice.Exponential() * Math.Exp(-rate), dice.Normal());
        }

        return new Arrivals(gaps, sizes, "a generator fitted to the Azure LLM inference trace 2023");
    }

    /// <summary>A stream of arrivals without end.</summary>
    public sealed class Stream(Arrivals arrivals, Dice dice)
    {
        private const int Shortest = 50, Spread = 400;
        private int _at;
        private int _left;

        /// <summary>The gap before the next arrival, in mean gaps, and the size of its answer.</summary>
        public (double Gap, double Size) Next()
        {
            if (_left-- <= 0)
            {
                (_at, _left) = (dice.Below(arrivals.Count), Shortest + dice.Below(Spread));
            }

            _at = _at + 1 < arrivals.Count ? _at + 1 : 0;
            return (arrivals._gaps[_at], arrivals._sizes[_at]);
        }
    }
}

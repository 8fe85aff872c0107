namespace Gateflow.Core.Usage;

/// <summary>Thins samples so that every hour keeps its say: full hours lose first, sparse ones nothing.</summary>
public static class SampleReservoir
{
    /// <summary>Which samples to give up so that at most <paramref name="most"/> are left.</summary>
    /// <param name="samples">All samples of one model.</param>
    /// <param name="random">Chooses within an hour.</param>
    public static IReadOnlyList<string> Surplus(IReadOnlyList<(string Id, DateTimeOffset At)> samples, int most, Random random)
    {
        if (samples.Count <= most)
        {
            return [];
        }

        var hours = samples.GroupBy(s => s.At.UtcTicks / TimeSpan.TicksPerHour).OrderBy(g => g.Count()).ThenBy(g => g.Key).Select(g => g.ToArray()).ToList();
        var surplus = new List<string>();
        var left = most;
        for (var i = 0; i < hours.Count; i++)
        {
            // The hours come smallest first: what one does not need of its equal part falls to those after it.
            var part = left / (hours.Count - i);
            var kept = Math.Min(part, hours[i].Length);
            left -= kept;
            random.Shuffle(hours[i]);
            surplus.AddRange(hours[i].Skip(kept).Select(s => s.Id));
        }

        return surplus;
    }
}

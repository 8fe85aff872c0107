using System.Globalization;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>A stretch of the arrivals of a real service.</summary>
internal sealed class ArrivalTrace
{
    private ArrivalTrace(IReadOnlyList<TimeSpan> offsets, IReadOnlyList<int> generated)
    {
        Offsets = offsets;
        var ordered = generated.Order().ToList();
        MedianTokens = ordered[ordered.Count / 2];
        var logs = ordered.ConvertAll(x => Math.Log(Math.Max(1, x)));
        var mean = logs.Average();
        Sigma = Math.Sqrt(logs.Average(x => (x - mean) * (x - mean)));
    }

    /// <summary>Time of each arrival since the first, rising.</summary>
    public IReadOnlyList<TimeSpan> Offsets { get; }

    /// <summary>Median of the tokens generated.</summary>
    public double MedianTokens { get; }

    /// <summary>Standard deviation of the logarithm of the tokens generated.</summary>
    public double Sigma { get; }

    /// <summary>From the first arrival to where the next would come after the last; the stretch repeats after it.</summary>
    public TimeSpan Length => Offsets[^1] + (Offsets[^1] / Math.Max(1, Offsets.Count - 1));

    /// <param name="path">CSV with the columns TIMESTAMP, ContextTokens, GeneratedTokens, in order of time.</param>
    /// <param name="minutes">Longest stretch, from the first arrival; null for all.</param>
    /// <param name="requests">Most arrivals; null for all.</param>
    /// <exception cref="JobException">A line cannot be read, times fall, or fewer than 100 arrivals are left.</exception>
    public static ArrivalTrace Read(string path, double? minutes, int? requests)
    {
        List<TimeSpan> offsets = [];
        List<int> generated = [];
        DateTime? first = null;
        var number = 1;
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            number++;
            var cells = line.Split(',');
            if (cells.Length != 3
                || !DateTime.TryParse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
                || !int.TryParse(cells[2], NumberStyles.None, CultureInfo.InvariantCulture, out var tokens))
            {
                throw new JobException($"{path}, line {number}: it must be TIMESTAMP,ContextTokens,GeneratedTokens.");
            }

            var offset = at - (first ??= at);
            if (offsets.Count > 0 && offset < offsets[^1])
            {
                throw new JobException($"{path}, line {number}: it lies before the line above.");
            }

            if (offset.TotalMinutes > minutes || offsets.Count >= requests)
            {
                break;
            }

            offsets.Add(offset);
            generated.Add(tokens);
        }

        return offsets.Count >= 100 && offsets[^1] > TimeSpan.Zero
            ? new ArrivalTrace(offsets, generated)
            : throw new JobException($"The stretch holds {offsets.Count} arrivals; at least 100 are needed. Take a longer one.");
    }
}

namespace Gateflow.Dashboard.Parts;

/// <summary>Where things stand in a histogram whose bins are drawn equally wide, whatever they span.</summary>
public static class HistogramShape
{
    /// <summary>Share of the width, 0–1, at which a value stands: inside its bin by the value between the bin's edges; 1 beyond the last.</summary>
    public static double Position(IReadOnlyList<HistogramBin> bins, double value)
    {
        ArgumentNullException.ThrowIfNull(bins);
        for (var i = 0; i < bins.Count; i++)
        {
            if (value <= bins[i].UpTo)
            {
                var from = i == 0 ? 0 : bins[i - 1].UpTo;
                var inside = bins[i].UpTo > from ? Math.Clamp((value - from) / (bins[i].UpTo - from), 0, 1) : 1;
                return (i + inside) / bins.Count;
            }
        }

        return 1;
    }

    /// <summary>True for a bin that lies wholly above the limit.</summary>
    public static bool IsAbove(IReadOnlyList<HistogramBin> bins, int index, double? limit)
    {
        ArgumentNullException.ThrowIfNull(bins);
        return limit is { } at && (index == 0 ? 0 : bins[index - 1].UpTo) >= at;
    }
}

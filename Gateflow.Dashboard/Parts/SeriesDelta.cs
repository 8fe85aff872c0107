namespace Gateflow.Dashboard.Parts;

/// <summary>
/// What turns the points that the browser holds into the present ones: leave out the first <paramref name="Drop"/>, keep the next
/// <paramref name="Keep"/>, append <paramref name="Add"/>. A window that slides sends only its newest points.
/// </summary>
public readonly record struct SeriesDelta(int Drop, int Keep, IReadOnlyList<ChartPoint> Add)
{
    public bool IsNone(int held) => Drop == 0 && Keep == held && Add.Count == 0;

    public static SeriesDelta Between(IReadOnlyList<ChartPoint> held, IReadOnlyList<ChartPoint> present)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(present);
        if (ReferenceEquals(held, present))
        {
            return new SeriesDelta(0, held.Count, []);
        }

        var drop = 0;
        while (present.Count > 0 && drop < held.Count && held[drop].At < present[0].At)
        {
            drop++;
        }

        var keep = 0;
        while (drop + keep < held.Count && keep < present.Count && held[drop + keep] == present[keep])
        {
            keep++;
        }

        return new SeriesDelta(drop, keep, [.. present.Skip(keep)]);
    }
}

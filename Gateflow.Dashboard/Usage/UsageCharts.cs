using Gateflow.Core.Usage;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Usage;

/// <summary>Cost and requests over time as lines: the dearest groups each, the rest together.</summary>
public sealed record UsageCharts
{
    /// <summary>Groups with a line of their own.</summary>
    public const int Lines = 6;

    private const string Rest = "all others";

    private static readonly Tone[] Tones = [Tone.Series1, Tone.Series2, Tone.Series3, Tone.Series4, Tone.Series5, Tone.Series6];

    public IReadOnlyList<ChartSeries> Cost { get; private init; } = [];

    public IReadOnlyList<ChartSeries> Requests { get; private init; } = [];

    /// <summary>The colour of the group at this place of <see cref="UsageView.Shares"/>.</summary>
    public static Tone ToneAt(int index) => index < Lines ? Tones[index] : Tone.Neutral;

    public static UsageCharts Of(UsageView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var place = view.Shares.Take(Lines).Select((s, i) => (s.Name, i)).ToDictionary(s => s.Name, s => s.i, StringComparer.Ordinal);
        var points = view.Points.ToLookup(p => (At: p.At.UtcTicks, Line: place.GetValueOrDefault(p.Name, Lines)));
        List<DateTimeOffset> times = [];
        for (var at = view.Slice.From; at < view.Slice.To; at += view.Filter.Bucket)
        {
            times.Add(at);
        }

        List<(int Line, string Name)> lines = [.. view.Shares.Take(Lines).Select((s, i) => (i, view.Label(view.Filter.By, s.Name)))];
        if (view.Shares.Count > Lines)
        {
            lines.Add((Lines, Rest));
        }

        return new UsageCharts { Cost = Series(line => line.Cost), Requests = Series(line => line.Requests) };

        IReadOnlyList<ChartSeries> Series(Func<(double? Cost, double? Requests), double?> value) =>
        [
            .. lines.Select(line => new ChartSeries
            {
                Name = line.Name,
                Tone = ToneAt(line.Line),
                Points = [.. times.Select(at => new ChartPoint(at, value(Sum([.. points[(at.UtcTicks, line.Line)]]))))],
            }),
        ];
    }

    /// <summary>Nothing sent costs nothing; what has no known price is a gap.</summary>
    private static (double? Cost, double? Requests) Sum(List<UsagePoint> points) =>
        (points.Count > 0 && points.TrueForAll(p => p.Cost is null) ? (double?)null : (double)points.Sum(p => p.Cost ?? 0), points.Sum(p => p.Requests));
}

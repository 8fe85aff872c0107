using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Live;

/// <summary>What the charts of the live page draw: a snapshot seen through a range.</summary>
internal sealed class LiveSeries
{
    private static readonly ConditionalWeakTable<LiveSnapshot, ConcurrentDictionary<string, Lazy<LiveSeries>>> Made = new();
    private readonly LiveSnapshot _snapshot;
    private readonly MigrationView _migration;
    private readonly IReadOnlyList<ArmPoint> _points;

    private LiveSeries(LiveSnapshot snapshot, LiveRange range)
    {
        _snapshot = snapshot;
        _migration = snapshot.Migration;
        (From, To) = range.Window(snapshot);
        Every = range.Span is null ? snapshot.Every : LiveSnapshots.Window;
        _points = [.. (range.Span is null ? snapshot.Whole : snapshot.Points).Where(p => p.At > From - Every && p.At <= To)];
        Marks = Ramp.Marks(snapshot);
        RampMarks = [.. Marks, .. snapshot.Migration.Progress.FinishedAt is null ? [new ChartMark(snapshot.At, "now", Tone.Accent)] : (ChartMark[])[]];
        Traffic =
        [
            new() { Name = "planned", Tone = Tone.Neutral, Stroke = ChartStroke.SteppedDashed, Points = Within(Ramp.Planned(_migration, To)) },
            new() { Name = "configured", Tone = Tone.Target, Stroke = ChartStroke.Stepped, Points = Within(Ramp.Configured(_snapshot)) },
            new() { Name = "observed", Tone = Tone.Healthy, Stroke = ChartStroke.Dots, Points = Points(p => p.Observed) },
        ];
        Errors = [Source(p => p.SourceErrorRate), Target(p => p.TargetErrorRate)];
        Latency =
        [
            Source(p => p.SourceP50) with { Name = "source p50", Stroke = ChartStroke.Dotted },
            Source(p => p.SourceP95) with { Name = "source p95", Stroke = ChartStroke.Dashed },
            Source(p => p.SourceP99) with { Name = "source p99" },
            Target(p => p.TargetP50) with { Name = "target p50", Stroke = ChartStroke.Dotted },
            Target(p => p.TargetP95) with { Name = "target p95", Stroke = ChartStroke.Dashed },
            Target(p => p.TargetP99) with { Name = "target p99" },
        ];
        Quality = [Source(p => p.SourceQuality), Target(p => p.TargetQuality)];
        Cost = [Source(p => Per1000(p.SourceCost, p.SourceRequests)), Target(p => Per1000(p.TargetCost, p.TargetRequests))];
        Requests = [Source(p => Rate(p, p.SourceRequests)), Target(p => Rate(p, p.TargetRequests))];
        Outcomes =
        [
            .. _points.SelectMany(p => p.Outcomes.Keys).Distinct().Order().Select(kind => new ChartSeries
            {
                Name = OutcomeWords.Of(kind).Word, Tone = OutcomeWords.Of(kind).Tone, Points = Points(p => Rate(p, p.Outcomes.GetValueOrDefault(kind))),
            }),
        ];
        var limits = _migration.Config.RollbackThreshold;
        ErrorLimit = Limit(limits.ErrorRate, "limit");
        LatencyLimit = Limit(limits.LatencyP99Increase * _migration.Metrics.SourceLatencyP99, "p99 limit");
        QualityLimit = Limit(_migration.Metrics.SourceQuality - limits.QualityScoreDrop, "limit");
    }

    public DateTimeOffset From { get; }

    public DateTimeOffset To { get; }

    /// <summary>Width of a point.</summary>
    public TimeSpan Every { get; }

    public IReadOnlyList<ChartMark> Marks { get; }

    public IReadOnlyList<ChartMark> RampMarks { get; }

    public IReadOnlyList<ChartThreshold> ErrorLimit { get; }

    /// <summary>The tail that the target may have: the source's since the start, times the allowed increase.</summary>
    public IReadOnlyList<ChartThreshold> LatencyLimit { get; }

    /// <summary>The mean that the target must keep: the source's since the start, less the allowed drop.</summary>
    public IReadOnlyList<ChartThreshold> QualityLimit { get; }

    public IReadOnlyList<ChartSeries> Traffic { get; }

    public IReadOnlyList<ChartSeries> Errors { get; }

    public IReadOnlyList<ChartSeries> Latency { get; }

    public IReadOnlyList<ChartSeries> Quality { get; }

    /// <summary>USD of 1,000 requests; a gap where a price is unknown.</summary>
    public IReadOnlyList<ChartSeries> Cost { get; }

    /// <summary>Requests a minute. A window that is not over yet would read as a drop: it is left out.</summary>
    public IReadOnlyList<ChartSeries> Requests { get; }

    /// <summary>Requests a minute that were not answered by their arm's own model, by what became of them; one line an outcome that happened.</summary>
    public IReadOnlyList<ChartSeries> Outcomes { get; }

    /// <summary>Made once a charted snapshot and range for all who watch; their charts then share the points too.</summary>
    public static LiveSeries Of(LiveSnapshot snapshot, LiveRange range) =>
        Made.GetOrCreateValue(snapshot.Charted).GetOrAdd(range.Name, _ => new Lazy<LiveSeries>(() => new LiveSeries(snapshot.Charted, range))).Value;

    private static IReadOnlyList<ChartThreshold> Limit(double? value, string label) => value is { } limit ? [new ChartThreshold(limit, label)] : [];

    private ChartSeries Source(Func<ArmPoint, double?> value) =>
        new() { Name = _migration.SourceModel, Tone = Tone.Source, Points = Points(value) };

    private ChartSeries Target(Func<ArmPoint, double?> value) =>
        new() { Name = _migration.TargetModel ?? "target", Tone = Tone.Target, Points = Points(value) };

    private static double? Per1000(decimal? cost, long requests) => cost is null || requests == 0 ? null : (double)cost * 1000 / requests;

    private double? Rate(ArmPoint point, long requests) =>
        point.At + Every > (_migration.Progress.FinishedAt ?? _snapshot.At) ? null : requests / Every.TotalMinutes;

    /// <summary>A point stands in the middle of its window, where its requests were.</summary>
    private List<ChartPoint> Points(Func<ArmPoint, double?> value) => [.. _points.Select(p => new ChartPoint(p.At + (Every / 2), value(p)))];

    /// <summary>A stepped line cut to the window: the value that held at its beginning comes along.</summary>
    private List<ChartPoint> Within(IReadOnlyList<ChartPoint> points)
    {
        List<ChartPoint> cut = [];
        foreach (var point in points)
        {
            if (point.At < From)
            {
                cut = [new ChartPoint(From, point.Value)];
            }
            else if (point.At <= To)
            {
                cut.Add(point);
            }
            else if (cut.Count > 0)
            {
                cut.Add(new ChartPoint(To, cut[^1].Value));
                break;
            }
        }

        return cut;
    }
}

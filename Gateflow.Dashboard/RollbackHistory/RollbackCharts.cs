using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>The hour around a rollback as lines.</summary>
public sealed record RollbackCharts
{
    public IReadOnlyList<ChartSeries> Traffic { get; private init; } = [];

    public IReadOnlyList<ChartSeries> Errors { get; private init; } = [];

    public IReadOnlyList<ChartSeries> Latency { get; private init; } = [];

    public IReadOnlyList<ChartSeries> Quality { get; private init; } = [];

    public IReadOnlyList<ChartThreshold> ErrorLimit { get; private init; } = [];

    /// <summary>The tail that the target might have: the source's since the start, times the allowed increase.</summary>
    public IReadOnlyList<ChartThreshold> LatencyLimit { get; private init; } = [];

    /// <summary>The mean that the target had to keep: the source's since the start, less the allowed drop.</summary>
    public IReadOnlyList<ChartThreshold> QualityLimit { get; private init; } = [];

    /// <summary>Whether any answer of the hour was scored.</summary>
    public bool HasQuality => Quality.Any(s => s.Points.Any(p => p.Value is not null));

    public IReadOnlyList<ChartMark> Marks { get; private init; } = [];

    public static RollbackCharts Of(RollbackStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        var (limits, metrics) = (story.Migration.Config.RollbackThreshold, story.Migration.Metrics);
        return new RollbackCharts
        {
            Traffic =
            [
                new() { Name = "planned", Tone = Tone.Neutral, Stroke = ChartStroke.SteppedDashed, Points = Points(p => p.Weight) },
                new() { Name = "observed", Tone = Tone.Target, Stroke = ChartStroke.Dots, Points = Points(p => p.Observed) },
            ],
            Errors = Arms(p => p.SourceErrorRate, p => p.TargetErrorRate),
            Latency = Arms(p => p.SourceP99, p => p.TargetP99),
            Quality = Arms(p => p.SourceQuality, p => p.TargetQuality),
            ErrorLimit = Limit(limits.ErrorRate, "limit"),
            LatencyLimit = Limit(limits.LatencyP99Increase * metrics.SourceLatencyP99, "p99 limit"),
            QualityLimit = Limit(metrics.SourceQuality - limits.QualityScoreDrop, "limit"),
            Marks = [new ChartMark(story.Rollback.At, "rolled back", Tone.RolledBack)],
        };

        IReadOnlyList<ChartSeries> Arms(Func<ArmPoint, double?> source, Func<ArmPoint, double?> target) =>
        [
            new() { Name = story.Rollback.SourceModel, Tone = Tone.Source, Points = Points(source) },
            new() { Name = story.Rollback.TargetModel, Tone = Tone.Target, Points = Points(target) },
        ];

        static IReadOnlyList<ChartThreshold> Limit(double? value, string label) => value is { } limit ? [new ChartThreshold(limit, label)] : [];

        IReadOnlyList<ChartPoint> Points(Func<ArmPoint, double?> value) => [.. story.Points.Select(p => new ChartPoint(p.At, value(p)))];
    }
}

using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>The hour around a rollback as lines.</summary>
public sealed record RollbackCharts
{
    public IReadOnlyList<ChartSeries> Traffic { get; private init; } = [];

    public IReadOnlyList<ChartSeries> Errors { get; private init; } = [];

    public IReadOnlyList<ChartSeries> Latency { get; private init; } = [];

    public IReadOnlyList<ChartThreshold> ErrorLimit { get; private init; } = [];

    public IReadOnlyList<ChartMark> Marks { get; private init; } = [];

    public static RollbackCharts Of(RollbackStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        return new RollbackCharts
        {
            Traffic =
            [
                new() { Name = "planned", Tone = Tone.Neutral, Stroke = ChartStroke.SteppedDashed, Points = Points(p => p.Weight) },
                new() { Name = "observed", Tone = Tone.Target, Stroke = ChartStroke.Dots, Points = Points(p => p.Observed) },
            ],
            Errors = Arms(p => p.SourceErrorRate, p => p.TargetErrorRate),
            Latency = Arms(p => p.SourceP99, p => p.TargetP99),
            ErrorLimit = story.Migration.Config.RollbackThreshold.ErrorRate is { } limit ? [new ChartThreshold(limit, "limit")] : [],
            Marks = [new ChartMark(story.Rollback.At, "rolled back", Tone.RolledBack)],
        };

        IReadOnlyList<ChartSeries> Arms(Func<ArmPoint, double?> source, Func<ArmPoint, double?> target) =>
        [
            new() { Name = story.Rollback.SourceModel, Tone = Tone.Source, Points = Points(source) },
            new() { Name = story.Rollback.TargetModel, Tone = Tone.Target, Points = Points(target) },
        ];

        IReadOnlyList<ChartPoint> Points(Func<ArmPoint, double?> value) => [.. story.Points.Select(p => new ChartPoint(p.At, value(p)))];
    }
}

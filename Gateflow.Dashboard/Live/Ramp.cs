using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Live;

/// <summary>The traffic share of a migration over time: planned, configured and observed, with what happened on the way.</summary>
internal static class Ramp
{
    private const int MostStepMarks = 12;

    /// <summary>The configured steps as if none had waited, from the start on.</summary>
    public static IReadOnlyList<ChartPoint> Planned(MigrationView migration, DateTimeOffset until)
    {
        if (migration.Progress.StartedAt is not { } at || migration.Steps.Count == 0)
        {
            return [];
        }

        List<ChartPoint> points = [];
        foreach (var step in migration.Steps)
        {
            points.Add(new ChartPoint(at, step.Weight));
            at += step.Hold;
        }

        if (points[^1].At < until)
        {
            points.Add(new ChartPoint(until, migration.Steps[^1].Weight));
        }

        return points;
    }

    /// <summary>The share that was in force, from the events, to their last or to now.</summary>
    public static IReadOnlyList<ChartPoint> Configured(LiveSnapshot snapshot)
    {
        List<ChartPoint> points = [];
        foreach (var e in snapshot.Events)
        {
            double? weight = e.Type switch
            {
                MigrationEventType.Started or MigrationEventType.StepAdvanced or MigrationEventType.Promoted => e.Data.Number("weight"),
                MigrationEventType.RolledBack => 0,
                _ => null,
            };
            if (weight is not null)
            {
                points.Add(new ChartPoint(e.At, weight));
            }
        }

        var end = snapshot.Migration.Progress.FinishedAt is { } finished ? finished + LiveSnapshots.Window : snapshot.At;
        if (points is [.., var last] && last.At < end)
        {
            points.Add(new ChartPoint(end, last.Value));
        }

        return points;
    }

    /// <summary>Steps, pauses and ends as vertical marks. Of very many steps only some are named, the others would cover each other.</summary>
    public static IReadOnlyList<ChartMark> Marks(LiveSnapshot snapshot)
    {
        var taken = snapshot.Events.Where(e => e.Type is MigrationEventType.StepAdvanced).ToList();
        var each = Math.Max(1, (int)Math.Ceiling(taken.Count / (double)MostStepMarks));
        var shown = taken.Where((_, i) => (taken.Count - 1 - i) % each == 0).Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
        List<ChartMark> marks = [];
        foreach (var e in snapshot.Events)
        {
            ChartMark? mark = e.Type switch
            {
                MigrationEventType.StepAdvanced when shown.Contains(e.Id) => new(e.At, Display.Weight(e.Data.Number("weight"))),
                MigrationEventType.Paused => new(e.At, "paused", Tone.Paused),
                MigrationEventType.Resumed => new(e.At, "resumed", Tone.Paused),
                MigrationEventType.Promoted => new(e.At, "promoted", Tone.Accent),
                MigrationEventType.Completed => new(e.At, "completed", Tone.Healthy),
                MigrationEventType.RolledBack => new(e.At, "rolled back", Tone.RolledBack),
                _ => null,
            };
            if (mark is not null)
            {
                marks.Add(mark);
            }
        }

        return marks;
    }
}

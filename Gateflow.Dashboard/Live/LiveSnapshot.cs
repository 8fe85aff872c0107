using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Live;

/// <summary>Everything that the live page of a migration shows.</summary>
public sealed record LiveSnapshot(MigrationView Migration, IReadOnlyList<ArmPoint> Points, IReadOnlyList<EventView> Events)
{
    /// <summary>When the numbers were read.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The whole life in at most some hundred points, each <see cref="Every"/> wide; <see cref="Points"/> are 10 s wide and reach back an hour.</summary>
    public IReadOnlyList<ArmPoint> Whole { get; init; } = Points;

    /// <summary>Width of a point of <see cref="Whole"/>.</summary>
    public TimeSpan Every { get; init; } = LiveSnapshots.Window;

    /// <summary>What the charts draw: this snapshot, or <see cref="Drawn"/>.</summary>
    internal LiveSnapshot Charted => Drawn ?? this;

    /// <summary>
    /// The snapshot that the charts show already while it is young enough and nothing happened since: a redraw costs browser and circuit
    /// more than all else on the page. Null when the charts are to move on.
    /// </summary>
    internal LiveSnapshot? Drawn { get; init; }

    /// <summary>The name under which the charts of the page share their cursor.</summary>
    public string ChartGroup => "live-" + Migration.MigrationId;

    /// <summary>The last requests, newest first.</summary>
    public IReadOnlyList<RequestView> Requests { get; init; } = [];

    /// <summary>The latest rollback; null when there was none.</summary>
    public RollbackView? Rollback { get; init; }
}

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

    /// <summary>The last requests, newest first.</summary>
    public IReadOnlyList<RequestView> Requests { get; init; } = [];

    /// <summary>The latest rollback; null when there was none.</summary>
    public RollbackView? Rollback { get; init; }
}

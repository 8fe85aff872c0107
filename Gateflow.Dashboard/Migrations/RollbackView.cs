namespace Gateflow.Dashboard.Migrations;

/// <summary>A rollback of the history.</summary>
public sealed record RollbackView
{
    public required string MigrationId { get; init; }

    public required string SourceModel { get; init; }

    public required string TargetModel { get; init; }

    public required DateTimeOffset At { get; init; }

    public required bool Automatic { get; init; }

    public required string Reason { get; init; }

    public required string Actor { get; init; }

    public string? Guardrail { get; init; }

    public double? Evidence { get; init; }

    public double? Threshold { get; init; }

    public required double TrafficAtRollback { get; init; }

    public long? DetectionRequests { get; init; }

    public double? DetectionSeconds { get; init; }

    public double? EffectMs { get; init; }

    /// <summary>The features that the migration was limited to; empty for all.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>What people wrote down afterwards.</summary>
    public string? Note { get; init; }

    public string? NoteBy { get; init; }

    public DateTimeOffset? NoteAt { get; init; }

    public bool Demo { get; init; }
}

namespace Gateflow.Core.Migrations;

/// <summary>Where a migration stands in its life (docs/architecture.md, "A migration's life").</summary>
public enum MigrationStatus
{
    Draft,
    Scheduled,
    InProgress,
    Paused,
    Soaking,
    Completed,
    RolledBack,
    Cancelled,
}

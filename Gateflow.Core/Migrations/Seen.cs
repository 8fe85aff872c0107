namespace Gateflow.Core.Migrations;

/// <summary>Where a migration stood when somebody decided what to do with it.</summary>
/// <param name="Step">Index into the compiled steps, as <see cref="Migration.Step"/>; −1 before the start.</param>
public sealed record Seen(MigrationStatus Status, int Step);

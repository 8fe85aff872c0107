using System.Text.Json;
using Gateflow.Core.Storage;

namespace Gateflow.Core.Migrations;

/// <summary>Where a migration stood, and what it was set up to do, when somebody decided what to do with it. The concurrency token would say too much: it moves with each approval and hold.</summary>
/// <param name="Status">Null where it was not looked at.</param>
/// <param name="Step">Index into the compiled steps, as <see cref="Migration.Step"/>; −1 before the start, null where it was not looked at.</param>
/// <param name="TargetModel">Looked at together with the configuration.</param>
/// <param name="Config">Null where it was not looked at.</param>
public sealed record Seen(MigrationStatus? Status, int? Step, string? TargetModel = null, MigrationConfig? Config = null)
{
    /// <summary>True while target and configuration are those that were seen, or nobody looked.</summary>
    public bool IsSetUpAs(Migration migration)
    {
        ArgumentNullException.ThrowIfNull(migration);
        return Config is null || (TargetModel == migration.TargetModel && Text(Config) == Text(migration.Config));
    }

    /// <summary>As it is stored: its lists would compare by reference.</summary>
    private static string Text(MigrationConfig config) => JsonSerializer.Serialize(config, JsonColumn.Options);
}

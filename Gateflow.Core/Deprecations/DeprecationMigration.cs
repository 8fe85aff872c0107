using Gateflow.Core.Migrations;

namespace Gateflow.Core.Deprecations;

/// <summary>The migration that matters most of a model on its way out: one that runs, else is scheduled, completed, a draft, rolled back.</summary>
/// <param name="MigrationId">"mig_…".</param>
/// <param name="Status">Where it stands.</param>
/// <param name="TargetModel">Where it leads; null while a draft has none.</param>
/// <param name="Everything">False when it moves a part of the model's traffic only.</param>
public sealed record DeprecationMigration(string MigrationId, MigrationStatus Status, string? TargetModel, bool Everything)
{
    /// <summary>True when the model's requests are answered by another one already.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsDone => Status == MigrationStatus.Completed && Everything;

    /// <summary>Place in the order of what matters most; the lowest wins.</summary>
    public static int Rank(MigrationStatus status) => status switch
    {
        MigrationStatus.InProgress or MigrationStatus.Paused or MigrationStatus.Soaking => 0,
        MigrationStatus.Scheduled => 1,
        MigrationStatus.Completed => 2,
        MigrationStatus.Draft => 3,
        _ => 4,
    };
}

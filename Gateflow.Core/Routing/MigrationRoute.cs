using Gateflow.Core.Migrations;
using Gateflow.Core.Shadow;

namespace Gateflow.Core.Routing;

/// <summary>What the data plane needs of a migration.</summary>
public sealed record MigrationRoute
{
    public required string MigrationId { get; init; }

    public required string SourceModel { get; init; }

    public required string TargetModel { get; init; }

    /// <summary>Share of units on the target in hundredths of a percent, 0–10000.</summary>
    public required int Weight { get; init; }

    /// <summary>True once the migration is completed: its replacement is permanent and no arm is counted.</summary>
    public bool Completed { get; init; }

    public StickyBy StickyBy { get; init; }

    /// <summary>Whether requests are fitted to the target's family; false: bytes as sent.</summary>
    public bool Shims { get; init; } = true;

    /// <summary>What is mirrored now; null for nothing.</summary>
    public MirrorRoute? Mirror { get; init; }

    /// <summary>True when conversations that the source answered of late stay there until they are idle.</summary>
    public bool Drain { get; init; }

    public MigrationScope Scope { get; init; } = new();

    /// <summary>True when a request of this feature, key and user belongs to the migration. Each list that is not empty must hold it.</summary>
    public bool Covers(string? feature, string keyId, string? user) =>
        Scope.IsEverything
        || (Within(Scope.Features, feature) && Within(Scope.ApiKeys, keyId) && Within(Scope.Users, user));

    private static bool Within(IReadOnlyList<string> list, string? value) =>
        list.Count == 0 || (value is not null && list.Contains(value, StringComparer.Ordinal));
}

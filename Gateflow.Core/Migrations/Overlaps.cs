using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Migrations;

/// <summary>Keeps two migrations from moving the same traffic. To be asked inside the transaction that starts one of them.</summary>
public static class Overlaps
{
    /// <summary>
    /// Why the migration cannot start beside those that run; null when it can. Starts come one after the other: each first raises the one row of
    /// the route version, so that of two at the same moment the second sees the first.
    /// </summary>
    public static async Task<Refusal?> FindAsync(GateflowDb db, Migration migration, CancellationToken cancellationToken)
    {
        await db.BumpRouteVersionAsync(cancellationToken);
        var (source, target) = (migration.SourceModel, migration.TargetModel);
        var others = await db.Migrations.AsNoTracking()
            .Where(m => m.Id != migration.Id)
            .Where(m => m.Status == MigrationStatus.InProgress || m.Status == MigrationStatus.Paused || m.Status == MigrationStatus.Soaking || m.Status == MigrationStatus.Completed)
            .Where(m => m.SourceModel == source || m.SourceModel == target)
            .ToListAsync(cancellationToken);
        if (others.Find(m => m.IsRunning && m.SourceModel == source && Meet(m.Config.Scope, migration.Config.Scope)) is { } running)
        {
            return new Refusal(RefusalKind.Conflict, "overlapping_migration",
                $"{running.Id} ({running.SourceModel} → {running.TargetModel}) already moves this traffic. Wait for its end, roll it back, or narrow the scope.")
            {
                Status = migration.Status, Allowed = migration.Allowed(),
            };
        }

        return others.Find(m => m.SourceModel == target && m.TargetModel == source) is { } circle
            ? new Refusal(RefusalKind.Conflict, "circular_migration",
                $"{circle.Id} moves {circle.SourceModel} to {circle.TargetModel}: together they would send requests in a circle. Roll that one back instead.")
            {
                Status = migration.Status, Allowed = migration.Allowed(),
            }
            : null;
    }

    /// <summary>True when a request could belong to both.</summary>
    public static bool Meet(MigrationScope a, MigrationScope b) =>
        Meet(a.Features, b.Features) && Meet(a.ApiKeys, b.ApiKeys) && Meet(a.Users, b.Users);

    private static bool Meet(IReadOnlyList<string> a, IReadOnlyList<string> b) =>
        a.Count == 0 || b.Count == 0 || a.Intersect(b, StringComparer.Ordinal).Any();
}

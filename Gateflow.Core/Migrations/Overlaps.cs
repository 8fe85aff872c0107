using Gateflow.Core.Audit;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Migrations;

/// <summary>Keeps two migrations from moving the same traffic. To be asked inside the transaction that starts one of them.</summary>
public static class Overlaps
{
    private static readonly Func<MigrationScope, IReadOnlyList<string?>>[] Lists = [s => s.Features, s => s.ApiKeys, s => s.Users];

    /// <summary>
    /// Why the migration cannot start beside those that run or are completed; null when it can. Starts come one after the other: each raises the
    /// one row of the route version before it looks, so that of two at the same moment the second sees the first.
    /// </summary>
    public static async Task<Refusal?> FindAsync(GateflowDb db, Migration migration, CancellationToken cancellationToken)
    {
        // In the order in which every transition takes its locks: its row, the head of the audit log, the version.
        await db.Migrations.Where(m => m.Id == migration.Id).ExecuteUpdateAsync(set => set.SetProperty(m => m.Name, m => m.Name), cancellationToken);
        await AuditChain.LockAsync(db, cancellationToken);
        await db.BumpRouteVersionAsync(cancellationToken);
        var rows = await db.Migrations.AsNoTracking()
            .Where(m => m.Id != migration.Id && m.TargetModel != null)
            .Where(m => m.Status == MigrationStatus.InProgress || m.Status == MigrationStatus.Paused || m.Status == MigrationStatus.Soaking || m.Status == MigrationStatus.Completed)
            .Select(m => new { m.Id, m.SourceModel, m.TargetModel, m.Status, m.Config })
            .ToListAsync(cancellationToken);
        var others = rows.Where(m => Meet(m.Config.Scope, migration.Config.Scope))
            .Select(m => new Other(m.Id, m.SourceModel, m.TargetModel!, m.Status == MigrationStatus.Completed, m.Config.Scope)).ToList();
        return Find(migration, others) is { } found
            ? new Refusal(RefusalKind.Conflict, found.Code, found.Message) { Passes = found.Runs, Status = migration.Status, Allowed = migration.Allowed() }
            : null;
    }

    /// <summary>True when a request could belong to both.</summary>
    public static bool Meet(MigrationScope a, MigrationScope b) =>
        Meet(a.Features, b.Features) && Meet(a.ApiKeys, b.ApiKeys) && Meet(a.Users, b.Users);

    private static (string Code, string Message, bool Runs)? Find(Migration migration, List<Other> others)
    {
        var (source, target) = (migration.SourceModel, migration.TargetModel!);
        if (others.Find(m => m.Source == source && !m.Completed) is { } running)
        {
            return ("overlapping_migration", $"{running.Id} ({running.Source} → {running.Target}) already moves this traffic. Wait for its end, roll it back, or narrow the scope.", true);
        }

        List<Other> before = [.. others.Where(m => m.Source == source)];
        if (before.Find(m => Covers(m.Scope, migration.Config.Scope)) is { } moved)
        {
            return ("overlapping_migration", $"{moved.Id} has moved this traffic already: its requests are answered by {moved.Target}. Migrate from {moved.Target}, or roll that one back.", false);
        }

        if (Cover(before, migration.Config.Scope))
        {
            return ("overlapping_migration", $"{Names(before, m => m.Id)} together have moved this traffic already: its requests are answered by {Names(before, m => m.Target)}. Migrate from there, or roll one of them back.", false);
        }

        if (Circle(others, source, target) is { } circle)
        {
            return ("circular_migration", $"{circle.Id} moves {circle.Source} to {circle.Target}: together they would send requests in a circle. Roll that one back instead.", !circle.Completed);
        }

        if (others.Find(m => m.Source == target) is { } next)
        {
            return next.Completed
                ? ("target_replaced", $"{next.Id} has replaced {target} by {next.Target}, which would answer these requests in the end without having been judged on them. Choose {next.Target}.", false)
                : ("target_moving", $"{next.Id} is moving {target} to {next.Target}, which would answer these requests in the end without having been judged on them. Choose {next.Target}, or roll that one back.", true);
        }

        return others.Find(m => m.Target == source && !m.Completed) is { } feeding
            ? ("source_filling", $"{feeding.Id} is moving {feeding.Source} to {source}: its requests would follow to {target} without having been judged on it. Wait for that one's end, or roll it back.", true)
            : null;
    }

    /// <summary>What leads the target's requests back to the source, once all that run are completed.</summary>
    private static Other? Circle(List<Other> others, string source, string target)
    {
        HashSet<string> reached = new([target], StringComparer.Ordinal);
        Queue<string> open = new(reached);
        while (open.TryDequeue(out var model))
        {
            foreach (var next in others.Where(m => m.Source == model))
            {
                if (next.Target == source)
                {
                    return next;
                }

                if (reached.Add(next.Target))
                {
                    open.Enqueue(next.Target);
                }
            }
        }

        return null;
    }

    private static bool Meet(IReadOnlyList<string> a, IReadOnlyList<string> b) =>
        a.Count == 0 || b.Count == 0 || a.Intersect(b, StringComparer.Ordinal).Any();

    /// <summary>True when whatever the second takes the first takes too.</summary>
    internal static bool Covers(MigrationScope a, MigrationScope b) =>
        Covers(a.Features, b.Features) && Covers(a.ApiKeys, b.ApiKeys) && Covers(a.Users, b.Users);

    private static bool Covers(IReadOnlyList<string> a, IReadOnlyList<string> b) =>
        a.Count == 0 || (b.Count > 0 && b.All(x => a.Contains(x, StringComparer.Ordinal)));

    /// <summary>True when whatever the scope takes is taken by one or another of them. Of a list without an end, only those take all that leave it open too.</summary>
    private static bool Cover(IReadOnlyList<Other> others, MigrationScope scope, int list = 0) => list == Lists.Length
        ? others.Count > 0
        : (Lists[list](scope) is { Count: > 0 } names ? names : [null])
            .Select(name => others.Where(m => Lists[list](m.Scope) is var own && (own.Count == 0 || (name is not null && own.Contains(name, StringComparer.Ordinal)))).ToList())
            .DistinctBy(left => Names(left, m => m.Id))
            .All(left => Cover(left, scope, list + 1));

    private static string Names(IEnumerable<Other> others, Func<Other, string> name) => string.Join(", ", others.Select(name).Distinct());

    /// <summary>A migration that runs or is completed, and whose scope meets the one in question.</summary>
    private sealed record Other(string Id, string Source, string Target, bool Completed, MigrationScope Scope);
}

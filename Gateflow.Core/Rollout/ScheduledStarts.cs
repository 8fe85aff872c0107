using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Rollout;

/// <summary>
/// Starts what was scheduled, by the rules that bind a person too. While one of them, or another migration of the same traffic, forbids it, it waits: it is looked at again each
/// <see cref="Again"/>, and at once when it, or the routes, moved. What holds it is noted whenever that is another thing than before. For one reader.
/// </summary>
internal sealed class ScheduledStarts(IDbContextFactory<GateflowDb> databases, Transitions transitions, StartRules rules, TimeProvider clock)
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private static readonly Refusal Stale = new(RefusalKind.Conflict, "stale", "The migration moved meanwhile.");

    private readonly Dictionary<string, (Guid Version, long Routes, DateTimeOffset At)> _looks = new(StringComparer.Ordinal);

    /// <summary>True when it started.</summary>
    /// <param name="migration">One whose hour has come.</param>
    public async Task<bool> TryAsync(Migration migration, CancellationToken cancellationToken)
    {
        var (now, routes) = (clock.GetUtcNow(), transitions.RouteVersion);
        if (migration.HoldReason is not null && _looks.TryGetValue(migration.Id, out var last) && (last.Version, last.Routes) == (migration.Version, routes) && now - last.At < Again)
        {
            return false;
        }

        var refusal = await FaultAsync(migration, cancellationToken); // reads long; so before the transaction, which all other writers wait for
        if (refusal is null)
        {
            var started = await transitions.ApplyAsync(migration.Id, async (m, db, token) =>
                refusal = m.Version != migration.Version ? Stale : await Overlaps.FindAsync(db, m, token) ?? m.Execute(Migration.Program, now), cancellationToken);
            if (started.IsOk)
            {
                return true;
            }
        }

        if (refusal is not null && refusal != Stale)
        {
            _looks[migration.Id] = (migration.Version, routes, now);
            await HoldAsync(migration, refusal, now, cancellationToken);
        }

        return false;
    }

    public void Forget(string id) => _looks.Remove(id);

    private async Task<Refusal?> FaultAsync(Migration migration, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await rules.FaultAsync(migration, db, cancellationToken);
    }

    private async Task HoldAsync(Migration migration, Refusal refusal, DateTimeOffset now, CancellationToken cancellationToken)
    {
        JsonObject? noted = null;
        if (migration.HoldReason is not null)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            noted = (await HeldEvents.LatestAsync(db, [migration.Id], cancellationToken)).GetValueOrDefault(migration.Id);
        }

        if (noted is null || !Migration.IsNoted(refusal, noted))
        {
            await transitions.ApplyAsync(migration.Id, m => m.Version == migration.Version ? m.HoldStart(refusal, now) : Stale, cancellationToken);
        }
    }
}

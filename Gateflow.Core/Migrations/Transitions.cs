using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Migrations;

/// <summary>
/// Carries a transition out: state, events and new route version in one database transaction guarded by the concurrency token. When
/// another writer came first, the state is read again and the transition tried on it, so that whoever is second meets the new state:
/// a rollback is still legal there and wins, a promotion is refused.
/// </summary>
public sealed class Transitions(IDbContextFactory<GateflowDb> databases, Routes routes)
{
    private const int Attempts = 50;

    /// <summary>Raised after a transition was stored and before its routes are in force, so that no outcome goes unjudged.</summary>
    public event Action<Migration>? Routing;

    /// <summary>Raised with the migration's id after its state or events were stored.</summary>
    public event Action<string>? Stored;

    /// <summary>Version of the routes in force on this node.</summary>
    public long RouteVersion => routes.Current.Version;

    /// <summary>Stores a new migration with its first events.</summary>
    public async Task<Migration> AddAsync(Migration migration, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(migration);
        db.AddRange(migration.NewEvents);
        await db.SaveChangesAsync(cancellationToken);
        migration.EventsStored();
        Stored?.Invoke(migration.Id);
        return migration;
    }

    /// <summary>Stores events that change no state; neither token nor route version moves.</summary>
    public async Task NoteAsync(string id, Action<Migration> note, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Migrations.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } migration)
        {
            return;
        }

        note(migration);
        db.AddRange(migration.NewEvents);
        await db.SaveChangesAsync(cancellationToken);
        Stored?.Invoke(id);
    }

    /// <summary>Applies a transition that touches this migration alone.</summary>
    public Task<Result<Migration>> ApplyAsync(string id, Func<Migration, Refusal?> transition, CancellationToken cancellationToken) =>
        ApplyAsync(id, (migration, _, _) => Task.FromResult(transition(migration)), cancellationToken);

    /// <summary>Applies a transition that may look at, or add, other rows in the same transaction.</summary>
    public async Task<Result<Migration>> ApplyAsync(
        string id, Func<Migration, GateflowDb, CancellationToken, Task<Refusal?>> transition, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await TryAsync(id, transition, cancellationToken);
                if (result.IsOk)
                {
                    Stored?.Invoke(id);
                }

                return result;
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // someone else moved it: look at what it is now
            }
        }
    }

    private async Task<Result<Migration>> TryAsync(
        string id, Func<Migration, GateflowDb, CancellationToken, Task<Refusal?>> transition, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var migration = await db.Migrations.FirstOrDefaultAsync(m => m.Id == id, cancellationToken);
        if (migration is null)
        {
            return Refusal.NotFound("migration", id);
        }

        var before = (migration.Status, migration.Weight, migration.Step);
        var toldOfHold = migration.HoldToldAt;
        if (await transition(migration, db, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        db.AddRange(migration.NewEvents);
        await Outbox.WriteAsync(db, migration, toldOfHold, cancellationToken);
        var moved = before != (migration.Status, migration.Weight, migration.Step) || migration.IsRunning;
        await db.SaveChangesAsync(cancellationToken);
        if (moved)
        {
            await db.BumpRouteVersionAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        migration.EventsStored();
        if (moved)
        {
            Routing?.Invoke(migration);
            await routes.ReloadAsync(cancellationToken);
        }

        return migration;
    }
}

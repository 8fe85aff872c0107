using System.Runtime.CompilerServices;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Gateflow.Core.Audit;

/// <summary>
/// Writes the audit entries of whatever is saved while somebody acts, in the same transaction: a change and its entry are there both or not
/// at all. This is the one place where changes are noticed; who acts is set by <see cref="AuditScope"/>.
/// </summary>
internal sealed class AuditInterceptor : SaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, Pending> _pending = [];

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (AuditScope.Current is { } scope && eventData.Context is GateflowDb db && AuditChanges.Of(db) is { Count: > 0 } drafts)
        {
            var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
            _pending.AddOrUpdate(db, new Pending(scope, drafts, own));
        }

        return result;
    }

    public override async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is GateflowDb db && Take(db) is { } pending)
        {
            try
            {
                await AuditChain.AppendAsync(db, pending.Scope, pending.Drafts, cancellationToken);
                if (pending.Own is not null)
                {
                    await pending.Own.CommitAsync(cancellationToken);
                }
            }
            finally
            {
                await EndAsync(pending);
            }
        }

        return result;
    }

    public override async Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default) =>
        await EndAsync(Take(eventData.Context));

    public override async Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default) =>
        await EndAsync(Take(eventData.Context));

    private Pending? Take(DbContext? db)
    {
        if (db is null || !_pending.TryGetValue(db, out var pending))
        {
            return null;
        }

        _pending.Remove(db);
        return pending;
    }

    /// <summary>A transaction that was not committed is rolled back.</summary>
    private static ValueTask EndAsync(Pending? pending) => pending?.Own?.DisposeAsync() ?? ValueTask.CompletedTask;

    private sealed record Pending(AuditScope Scope, IReadOnlyList<AuditDraft> Drafts, IDbContextTransaction? Own);
}

using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Audit;

/// <summary>Writes of what no saved row tells: who signed in, which call was carried out.</summary>
public sealed class AuditLog(IDbContextFactory<GateflowDb> databases)
{
    /// <summary>Enters a change that was made past the change tracker, if somebody acts; best within the change's transaction.</summary>
    public static async Task NoteAsync(GateflowDb db, AuditDraft draft, CancellationToken cancellationToken)
    {
        if (AuditScope.Current is not { } scope)
        {
            return;
        }

        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await AuditChain.AppendAsync(db, scope, [draft], cancellationToken);
        if (own is not null)
        {
            await own.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Appends one entry in a transaction of its own.</summary>
    public async Task WriteAsync(AuditScope scope, AuditDraft draft, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.AppendAsync(db, scope, [draft], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

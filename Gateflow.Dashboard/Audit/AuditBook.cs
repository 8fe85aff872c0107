using System.Globalization;
using Gateflow.Core.Audit;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Audit;

/// <summary>Reads and checks the audit log.</summary>
public sealed class AuditBook(IDbContextFactory<GateflowDb> databases)
{
    /// <summary>Most lines of one CSV file: a longer log is fetched by periods.</summary>
    public const int MostLines = 100_000;

    /// <summary>Newest first.</summary>
    /// <param name="query">Which entries.</param>
    /// <param name="limit">Most entries of the page.</param>
    /// <param name="cursor">Number of the last entry of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<ListPage<AuditView>> ListAsync(AuditQuery query, int limit, long? cursor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var entries = query.Of(db.AuditLog.AsNoTracking());
        if (cursor is { } before)
        {
            entries = entries.Where(e => e.Sequence < before);
        }

        var found = await entries.OrderByDescending(e => e.Sequence).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<AuditView>(
            [.. found.Take(limit).Select(AuditView.Of)], found.Count > limit ? found[limit - 1].Sequence.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>Walks along the whole chain.</summary>
    public async Task<AuditVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await AuditVerification.RunAsync(db, cancellationToken);
    }
}

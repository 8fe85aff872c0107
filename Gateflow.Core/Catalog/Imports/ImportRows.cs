using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>Stores the rows of a new import in short transactions, so that whoever records requests never waits long for the database.</summary>
public static class ImportRows
{
    private const int Chunk = 250;

    public static async Task InsertAsync(IDbContextFactory<GateflowDb> databases, IReadOnlyList<CatalogImportRow> rows, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(databases);
        ArgumentNullException.ThrowIfNull(rows);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var chunk in rows.Chunk(Chunk))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await RowInsert<CatalogImportRow>.RunAsync(db, chunk, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }
}

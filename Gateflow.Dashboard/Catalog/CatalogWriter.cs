using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Stores changes of the catalog in one transaction each and puts them in force: here at once, on other nodes with the route version.</summary>
public sealed class CatalogWriter(IDbContextFactory<GateflowDb> databases, Routes routes)
{
    private const int Attempts = 5;

    /// <summary>Saves what the change did to the database, unless it was refused. It runs again when somebody else wrote the same meanwhile.</summary>
    /// <param name="change">What is done.</param>
    /// <param name="reload">False when more follows at once: then it is in force with the last.</param>
    public async Task<Result<T>> SaveAsync<T>(Func<GateflowDb, Task<Result<T>>> change, CancellationToken cancellationToken, bool reload = true)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(change);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var db = await databases.CreateDbContextAsync(cancellationToken);
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                var result = await change(db);
                if (!result.IsOk)
                {
                    return result;
                }

                await db.TouchCatalogAsync(cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
                await db.BumpRouteVersionAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                if (reload)
                {
                    await routes.ReloadAsync(cancellationToken);
                }

                return result;
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // somebody else changed the same: looked at again
            }
        }
    }
}

using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Stores changes of the catalog in one transaction each and puts them in force: here at once, on other nodes with the route version.</summary>
public sealed class CatalogWriter(IDbContextFactory<GateflowDb> databases, Routes routes)
{
    /// <summary>Saves what the change did to the database, unless it was refused. It runs again when somebody else wrote the same meanwhile.</summary>
    /// <param name="change">What is done.</param>
    /// <param name="reload">False when more follows at once: then it is in force with the last.</param>
    public Task<Result<T>> SaveAsync<T>(Func<GateflowDb, Task<Result<T>>> change, CancellationToken cancellationToken, bool reload = true)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(change);
        return RoutedChange.SaveAsync(databases, routes, async db =>
        {
            var result = await change(db);
            if (result.IsOk)
            {
                await db.TouchCatalogAsync(cancellationToken);
            }

            return result;
        }, cancellationToken, reload);
    }
}

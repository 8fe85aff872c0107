using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Routing;

/// <summary>
/// Stores a change that routes depend on, in one transaction with the new route version, and puts it in force: here at once, on other nodes when they see
/// the version.
/// </summary>
public static class RoutedChange
{
    private const int Attempts = 5;

    /// <summary>Saves what the change did to the database, unless it was refused. It runs again when somebody else wrote the same meanwhile.</summary>
    /// <param name="databases">Where to.</param>
    /// <param name="routes">This node's routes.</param>
    /// <param name="change">What is done.</param>
    /// <param name="reload">False when more follows at once: then it is in force with the last.</param>
    public static async Task<Result<T>> SaveAsync<T>(
        IDbContextFactory<GateflowDb> databases, Routes routes, Func<GateflowDb, Task<Result<T>>> change, CancellationToken cancellationToken, bool reload = true)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(databases);
        ArgumentNullException.ThrowIfNull(routes);
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

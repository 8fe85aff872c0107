using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage;

/// <summary>The version of all routing data.</summary>
public static class RouteVersion
{
    /// <summary>PostgreSQL's channel on which a new version is told, at the commit of the transaction that raised it.</summary>
    internal const string Channel = "gateflow_routes";

    /// <summary>Raises the version; call it inside the transaction that changes routing data.</summary>
    public static async Task BumpRouteVersionAsync(this GateflowDb db, CancellationToken cancellationToken)
    {
        await db.Routing.ExecuteUpdateAsync(set => set.SetProperty(r => r.Version, r => r.Version + 1), cancellationToken);
        if (db.Database.IsNpgsql())
        {
            await db.Database.ExecuteSqlRawAsync($"NOTIFY {Channel}", cancellationToken);
        }
    }
}

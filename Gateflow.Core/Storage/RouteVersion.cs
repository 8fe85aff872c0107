using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage;

/// <summary>The version of all routing data.</summary>
public static class RouteVersion
{
    /// <summary>Raises the version; call it inside the transaction that changes routing data.</summary>
    public static Task<int> BumpRouteVersionAsync(this GateflowDb db, CancellationToken cancellationToken) =>
        db.Routing.ExecuteUpdateAsync(set => set.SetProperty(r => r.Version, r => r.Version + 1), cancellationToken);
}

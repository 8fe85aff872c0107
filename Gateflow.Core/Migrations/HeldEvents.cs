using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Migrations;

/// <summary>What the events say of holds.</summary>
public static class HeldEvents
{
    /// <summary>The data of the latest hold of each; those that never were held are left out.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonObject>> LatestAsync(GateflowDb db, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(ids);
        var held = db.MigrationEvents.AsNoTracking().Where(e => e.Type == MigrationEventType.Held && ids.Contains(e.MigrationId));
        return ids.Count == 0 ? new Dictionary<string, JsonObject>(StringComparer.Ordinal)
            : await held.Where(e => held.Where(x => x.MigrationId == e.MigrationId).Max(x => x.Id) == e.Id)
                .ToDictionaryAsync(e => e.MigrationId, e => e.Data, StringComparer.Ordinal, cancellationToken);
    }
}

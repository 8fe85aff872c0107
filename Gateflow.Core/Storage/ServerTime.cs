using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage;

/// <summary>The time of the database's own clock.</summary>
internal static class ServerTime
{
    /// <summary>Its time now; only of a database that runs as a server.</summary>
    public static async Task<DateTimeOffset> UtcNowAsync(this GateflowDb db, CancellationToken cancellationToken)
    {
        var now = await db.Database.SqlQueryRaw<DateTime>(db.Database.IsNpgsql()
            ? "SELECT clock_timestamp() AT TIME ZONE 'UTC' AS \"Value\""
            : "SELECT SYSUTCDATETIME() AS [Value]").SingleAsync(cancellationToken);
        return new DateTimeOffset(DateTime.SpecifyKind(now, DateTimeKind.Utc));
    }
}

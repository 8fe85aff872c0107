using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage;

/// <summary>Tells faults of the database, or on the way to it, from defects.</summary>
public static class DatabaseFault
{
    public static bool Is(Exception fault) =>
        fault is DbException or DbUpdateException or IOException or TimeoutException or InvalidOperationException { InnerException: DbException };
}

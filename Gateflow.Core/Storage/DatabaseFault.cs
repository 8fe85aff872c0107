using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage;

/// <summary>What a database throws that is away, busy or full: a broken connection to be told to people, no defect.</summary>
public static class DatabaseFault
{
    public static bool Is(Exception fault) =>
        fault is DbException or DbUpdateException or IOException or TimeoutException or InvalidOperationException { InnerException: DbException };

    /// <summary>What whoever wanted to store something is told.</summary>
    public static string NotSaved(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return $"Not saved, the database refused: {fault.GetBaseException().Message.TrimEnd('.')}. Try again.";
    }
}

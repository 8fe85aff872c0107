using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Gateflow.Core.Storage;

/// <summary>What a database throws that is away, busy or full: a broken connection to be told to people, no defect.</summary>
public static class DatabaseFault
{
    /// <summary>SQLite's result codes.</summary>
    private const int SqliteError = 1, SqliteTooBig = 18, SqliteConstraint = 19, SqliteMismatch = 20, SqliteRange = 25;

    /// <summary>SQLite's extended codes of a value that is there already.</summary>
    private const int SqlitePrimaryKey = 1555, SqliteUnique = 2067;

    /// <summary>SQL Server's severities: the highest that whoever calls can mend, and the least that ends the connection.</summary>
    private const byte CallersFault = 16, LostConnection = 20;

    /// <summary>SQL Server's numbers of what is nobody's fault all the same.</summary>
    private const int SqlTimeout = -2, SqlDeadlock = 1205, SqlLockTimeout = 1222;

    /// <summary>SQL Server's numbers of a value that is there already.</summary>
    private const int SqlUniqueIndex = 2601, SqlUniqueKey = 2627;

    public static bool Is(Exception fault) =>
        fault is DbException or DbUpdateException or IOException or TimeoutException or InvalidOperationException { InnerException: DbException };

    /// <summary>True when the server cannot be reached, or is only just starting: it may answer soon. False for what it refuses, such as a wrong password.</summary>
    public static bool IsUnreachable(Exception fault) => Any(fault, static f =>
        f is SocketException or TimeoutException or DbException { IsTransient: true } or SqlException { Class: >= LostConnection });

    /// <summary>
    /// True when the same write may succeed later: no space, a lock, no connection, whatever else the database takes meanwhile. False for what it will always refuse, which is a fault of
    /// the data or of the program.
    /// </summary>
    public static bool MayPass(Exception fault) => Any(fault, static f => f switch
    {
        PostgresException postgres => postgres.SqlState is not (['2', '2' or '3', ..] or ['4', '2', ..] or ['5', '4', ..]), // data, constraints, syntax and rights, limits
        SqliteException sqlite => sqlite.SqliteErrorCode is not (SqliteError or SqliteTooBig or SqliteConstraint or SqliteMismatch or SqliteRange),
        SqlException server => server.Class > CallersFault || server.Number is SqlTimeout or SqlDeadlock or SqlLockTimeout,
        _ => f is DbException or IOException or SocketException or TimeoutException,
    });

    /// <summary>True when the database is away, busy or full, whoever called it. False for what else a program may fail by.</summary>
    public static bool IsAway(Exception fault) => (fault is SocketException || Any(fault, static f => f is DbException)) && MayPass(fault);

    /// <summary>True when another row has what only one may have.</summary>
    public static bool IsDuplicate(Exception fault) => Any(fault, static f =>
        f is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } or SqliteException { SqliteExtendedErrorCode: SqlitePrimaryKey or SqliteUnique }
            or SqlException { Number: SqlUniqueIndex or SqlUniqueKey });

    /// <summary>What whoever wanted to store something is told.</summary>
    public static string NotSaved(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return $"Not saved, the database refused: {fault.GetBaseException().Message.TrimEnd('.')}. Try again.";
    }

    /// <summary>What the driver says, which names the server; else what lies beneath.</summary>
    internal static string Words(Exception fault)
    {
        var said = fault;
        while (said is not (null or DbException))
        {
            said = said.InnerException;
        }

        return (said ?? fault.GetBaseException()).Message;
    }

    private static bool Any(Exception? fault, Predicate<Exception> what)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            if (what(fault))
            {
                return true;
            }
        }

        return false;
    }
}

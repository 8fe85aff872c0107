using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Gateflow.Core.Storage;

/// <summary>Brings the database to this program's schema, under a lock: the tool's own on a server, a file beside the database for SQLite.</summary>
public sealed partial class SchemaUpgrade(IDbContextFactory<GateflowDb> databases, TimeProvider clock, ILogger<SchemaUpgrade> logger)
{
    /// <summary>How long a start waits for a server that cannot be reached: one that is started beside the program is not up yet.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan UsualLock = TimeSpan.FromSeconds(3);

    /// <summary>What the operating systems say of a file that another process holds: Windows, Linux, macOS.</summary>
    private const int SharingViolation = unchecked((int)0x80070020), WouldBlock = 11, WouldBlockOnMac = 35;

    private const int CreationAttempts = 10;
    private const string DuplicateDatabase = "42P04", UniqueViolation = "23505"; // PostgreSQL's, when another node has just created it, or creates it now
    private const int DatabaseExists = 1801; // SQL Server's

    /// <summary>Applies what is pending, as soon as the server can be reached. Safe to call on several nodes at once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (begun, told) = (clock.GetTimestamp(), "");
        while (true)
        {
            try
            {
                await UpgradeAsync(cancellationToken);
                return;
            }
            catch (Exception fault) when (DatabaseFault.IsUnreachable(fault) && clock.GetElapsedTime(begun) < Patience)
            {
                if (DatabaseFault.Words(fault) is var message && message != told)
                {
                    told = message;
                    LogUnreachable((int)Patience.TotalSeconds, message);
                }

                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    private async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!db.Database.IsSqlite())
        {
            await MigrateServerAsync(db, cancellationToken);
            return;
        }

        var file = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        await using var held = await TakeAsync(file + ".lock", cancellationToken);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancellationToken);
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            await DropStaleLockAsync(db, cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
        }
    }

    /// <summary>The tool's lock lies in the database, so it does not keep two nodes from creating that at the same time: the second goes on with it.</summary>
    private static async Task MigrateServerAsync(GateflowDb db, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await db.Database.MigrateAsync(cancellationToken);
                return;
            }
            catch (DbException fault) when (attempt < CreationAttempts && (fault.SqlState is DuplicateDatabase or UniqueViolation || fault is SqlException { Number: DatabaseExists }))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }

    /// <summary>The lock is the operating system's, so it goes with the process that held it.</summary>
    private async Task<FileStream> TakeAsync(string path, CancellationToken cancellationToken)
    {
        var (begun, told) = (clock.GetTimestamp(), false);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (held.HResult is SharingViolation or WouldBlock or WouldBlockOnMac)
            {
                if (!told && clock.GetElapsedTime(begun) >= UsualLock)
                {
                    told = true;
                    LogHeld(path);
                }

                await Task.Delay(LockPause, clock, cancellationToken);
            }
        }
    }

    /// <summary>A process that was killed while migrating leaves the tool's lock row behind, which would block for ever. Ours is held, so nobody else is at it.</summary>
    private static async Task DropStaleLockAsync(GateflowDb db, CancellationToken cancellationToken)
    {
        var exists = await db.Database.SqlQueryRaw<int>(
            "SELECT COUNT(*) AS \"Value\" FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancellationToken);
        if (exists > 0)
        {
            await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsLock;", cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database cannot be reached; it is tried each second, for {Seconds} s in all: {Message}")]
    private partial void LogUnreachable(int seconds, string message);

    [LoggerMessage(LogLevel.Warning, "Another process holds {File}, as while it upgrades the database; the start goes on when it lets go")]
    private partial void LogHeld(string file);
}

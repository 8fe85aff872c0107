using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage;

/// <summary>Brings the database to this program's schema, under a lock: the tool's own on a server, a file beside the database for SQLite.</summary>
public sealed class SchemaUpgrade(IDbContextFactory<GateflowDb> databases)
{
    private const int CreationAttempts = 10;
    private const string DuplicateDatabase = "42P04", UniqueViolation = "23505"; // PostgreSQL's, when another node has just created it, or creates it now
    private const int DatabaseExists = 1801; // SQL Server's

    /// <summary>Applies what is pending. Safe to call on several nodes at once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
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
    private static async Task<FileStream> TakeAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(100, cancellationToken);
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
}

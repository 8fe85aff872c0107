using System.Data.Common;
using Gateflow.Core.Audit;
using Gateflow.Core.Storage.PostgreSql;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Core.Storage.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateflow.Core.Storage;

/// <summary>Registers the database: one context factory, whichever product lies behind it.</summary>
public static class StorageServices
{
    public static IServiceCollection AddGateflowStorage(this IServiceCollection services, DatabaseProvider provider, string connectionString) => provider switch
    {
        DatabaseProvider.Sqlite => services.AddFactory<SqliteDb>(o => o.UseSqlite(connectionString).AddInterceptors(new SqlitePragmas())),
        DatabaseProvider.PostgreSql => services.AddFactory<PostgreSqlDb>(o => o.UseNpgsql(connectionString)),
        DatabaseProvider.SqlServer => services.AddFactory<SqlServerDb>(o => o.UseSqlServer(connectionString)),
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null),
    };

    private static IServiceCollection AddFactory<T>(this IServiceCollection services, Action<DbContextOptionsBuilder> options)
        where T : GateflowDb
    {
        services.AddPooledDbContextFactory<T>(o =>
        {
            options(o);
            o.AddInterceptors(new VersionStamp(), new AuditInterceptor());
        });
        services.AddLogging().TryAddSingleton(TimeProvider.System);
        services.AddSingleton<AuditLog>();
        return services.AddSingleton<IDbContextFactory<GateflowDb>, Factory<T>>().AddSingleton<SchemaUpgrade>();
    }

    private sealed class Factory<T>(IDbContextFactory<T> inner) : IDbContextFactory<GateflowDb>
        where T : GateflowDb
    {
        public GateflowDb CreateDbContext() => inner.CreateDbContext();

        public async Task<GateflowDb> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await inner.CreateDbContextAsync(cancellationToken);
    }

    /// <summary>With the write-ahead log, synchronous=NORMAL loses nothing when the process dies, and spares a disk flush a commit.</summary>
    private sealed class SqlitePragmas : DbConnectionInterceptor
    {
        private const string Pragmas = "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}

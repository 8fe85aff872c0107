using Gateflow.Core.Storage;
using Gateflow.Core.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Storage;

/// <summary>A real, migrated database: a SQLite file of its own, or an own database on a PostgreSQL server.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string? _folder;

    private TestDatabase(ServiceProvider services, string? folder) => (_services, _folder) = (services, folder);

    public IDbContextFactory<GateflowDb> Factory => _services.GetRequiredService<IDbContextFactory<GateflowDb>>();

    public static Task<TestDatabase> CreateAsync(params IInterceptor[] watching) => CreateAsync(DatabaseProvider.Sqlite, null, watching);

    public static async Task<TestDatabase> CreateAsync(DatabaseProvider provider, string? connectionString, params IInterceptor[] watching)
    {
        string? folder = null;
        if (provider == DatabaseProvider.Sqlite)
        {
            folder = Directory.CreateTempSubdirectory("gateflow-test-").FullName;
            connectionString = $"Data Source={Path.Combine(folder, "gateflow.db")}";
        }

        var services = new ServiceCollection().AddGateflowStorage(provider, connectionString!).ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(watching)).BuildServiceProvider();
        await services.GetRequiredService<SchemaUpgrade>().RunAsync(TestContext.Current.CancellationToken);
        return new TestDatabase(services, folder);
    }

    public GateflowDb Open() => Factory.CreateDbContext();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_folder is not null)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            for (var tries = 0; ; tries++)
            {
                try
                {
                    Directory.Delete(_folder, recursive: true);
                    return;
                }
                catch (IOException) when (tries < 100)
                {
                    await Task.Delay(50, CancellationToken.None); // a page's last reading makes files while they are deleted
                }
            }
        }
    }
}

using Gateflow.Core.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Benchmarks.Usage;

/// <summary>A SQLite database of its own folder, set up as the product sets it up; gone in the end.</summary>
internal sealed class UsageBase : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private UsageBase(string folder) =>
        (Folder, _services) = (folder, new ServiceCollection().AddGateflowStorage(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, "usage.db")}").BuildServiceProvider());

    public string Folder { get; }

    public IDbContextFactory<GateflowDb> Databases => _services.GetRequiredService<IDbContextFactory<GateflowDb>>();

    public static async Task<UsageBase> CreateAsync(CancellationToken cancellationToken)
    {
        var made = new UsageBase(Directory.CreateTempSubdirectory("gateflow-usage-").FullName);
        await made._services.GetRequiredService<SchemaUpgrade>().RunAsync(cancellationToken);
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }
}

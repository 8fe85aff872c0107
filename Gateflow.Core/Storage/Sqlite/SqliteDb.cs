using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage.Sqlite;

/// <summary>The embedded default: one file, write-ahead log.</summary>
public sealed class SqliteDb(DbContextOptions<SqliteDb> options) : GateflowDb(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
    }
}

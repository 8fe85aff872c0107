using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage.PostgreSql;

/// <summary>For several nodes.</summary>
public sealed class PostgreSqlDb(DbContextOptions<PostgreSqlDb> options) : GateflowDb(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcOffset>();
    }
}

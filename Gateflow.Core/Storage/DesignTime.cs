using Gateflow.Core.Storage.PostgreSql;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Core.Storage.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Gateflow.Core.Storage;

/// <summary>Lets the tool that generates migrations make each context without a server.</summary>
internal sealed class DesignTime :
    IDesignTimeDbContextFactory<SqliteDb>, IDesignTimeDbContextFactory<PostgreSqlDb>, IDesignTimeDbContextFactory<SqlServerDb>
{
    SqliteDb IDesignTimeDbContextFactory<SqliteDb>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteDb>().UseSqlite("Data Source=design.db").Options);

    PostgreSqlDb IDesignTimeDbContextFactory<PostgreSqlDb>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlDb>().UseNpgsql("Host=localhost").Options);

    SqlServerDb IDesignTimeDbContextFactory<SqlServerDb>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerDb>().UseSqlServer("Server=localhost").Options);
}

using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage.SqlServer;

/// <summary>Selectable; its script is checked by a T-SQL parser in the tests, it has not been run on a server.</summary>
public sealed class SqlServerDb(DbContextOptions<SqlServerDb> options) : GateflowDb(options);

namespace Gateflow.Core.Storage;

/// <summary>The databases that Gateflow can keep its data in.</summary>
public enum DatabaseProvider
{
    Sqlite,
    PostgreSql,
    SqlServer,
}

namespace Gateflow.Tests.Storage;

/// <summary>A real PostgreSQL server, started once for all tests of a class and stopped at their end.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private PostgreSqlProcess _server = null!;

    public async ValueTask InitializeAsync() => _server = await PostgreSqlProcess.StartAsync();

    /// <summary>A connection string for a new, empty database.</summary>
    public string NewDatabase() => $"{_server.ConnectionString};Database=t{Guid.NewGuid():N};Include Error Detail=true";

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

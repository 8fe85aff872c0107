using System.Net.Sockets;
using System.Net;
using Gateflow.Core.Storage;
using Gateflow.Tests.Pipeline;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Gateflow.Tests.Storage;

public sealed class SchemaUpgradeTests : IDisposable
{
    private readonly SteppedTime _clock = new();
    private readonly RecordedLog _log = new();
    private readonly LoggerFactory _logs;

    public SchemaUpgradeTests() => _logs = new LoggerFactory([_log]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ServerNotUpYet_WaitsForItAndTellsEachTroubleOnce()
    {
        await using var database = await TestDatabase.CreateAsync();
        var starting = new PostgresException("the database system is starting up", "FATAL", "FATAL", "57P03");

        await RunAsync(new Server(database.Factory, [Refused(), Refused(), Refused(), starting, starting]));

        Assert.Equal(2, _log.Lines.Count(l => l.Contains("cannot be reached", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_ServerNeverUp_FailsInTheEnd()
    {
        await using var database = await TestDatabase.CreateAsync();

        await Assert.ThrowsAsync<NpgsqlException>(() => RunAsync(new Server(database.Factory, Enumerable.Repeat(Refused(), 1_000))));

        Assert.Equal(SchemaUpgrade.Patience, _clock.GetUtcNow() - _clock.Start);
    }

    [Fact]
    public async Task Run_NobodyListens_WaitsUntilTheStartIsGivenUp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var services = new ServiceCollection().AddGateflowStorage(DatabaseProvider.PostgreSql, $"Host=127.0.0.1;Port={port};Username=a;Password=b;Database=c").BuildServiceProvider();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = Create(services.GetRequiredService<IDbContextFactory<GateflowDb>>()).RunAsync(stop.Token);

        await Wait.UntilAsync(() => _log.Lines.Count > 0);

        Assert.Contains("Failed to connect", Assert.Single(_log.Lines), StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Run_WrongPassword_FailsAtOnce()
    {
        await using var database = await TestDatabase.CreateAsync();
        var wrong = new PostgresException("password authentication failed", "FATAL", "FATAL", "28P01");

        Assert.Same(wrong, await Assert.ThrowsAsync<PostgresException>(() => Create(new Server(database.Factory, [wrong])).RunAsync(Token)));
    }

    [Fact]
    public async Task Run_AnotherProcessUpgrades_IsWaitedForAndToldOf()
    {
        await using var database = await TestDatabase.CreateAsync();
        var held = new FileStream(LockOf(database), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var run = Create(database.Factory).RunAsync(Token);
        await _clock.PassAsync(run, () => _log.Lines.Count > 0);
        Assert.False(run.IsCompleted);

        await held.DisposeAsync();

        await _clock.PassAsync(run);
        Assert.Single(_log.Lines, l => l.Contains("Another process holds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_LockCannotBeMade_FailsInsteadOfWaiting()
    {
        await using var database = await TestDatabase.CreateAsync();
        File.Delete(LockOf(database));
        File.CreateSymbolicLink(LockOf(database), Path.Combine(Path.GetTempPath(), "no-such-folder", "lock"));

        await Assert.ThrowsAnyAsync<IOException>(() => Create(database.Factory).RunAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    public void Dispose() => _logs.Dispose();

    private static NpgsqlException Refused() => new("Failed to connect to 127.0.0.1:5432", new SocketException((int)SocketError.ConnectionRefused));

    private static string LockOf(TestDatabase database)
    {
        using var db = database.Open();
        return new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource + ".lock";
    }

    private SchemaUpgrade Create(IDbContextFactory<GateflowDb> databases) => new(databases, _clock, _logs.CreateLogger<SchemaUpgrade>());

    private Task RunAsync(IDbContextFactory<GateflowDb> databases) => _clock.PassAsync(Create(databases).RunAsync(Token));

    /// <summary>A server that fails in these ways, one a connection, before it gives any.</summary>
    private sealed class Server(IDbContextFactory<GateflowDb> inner, IEnumerable<Exception> faults) : IDbContextFactory<GateflowDb>
    {
        private readonly Queue<Exception> _faults = new(faults);

        public GateflowDb CreateDbContext() => _faults.TryDequeue(out var fault) ? throw fault : inner.CreateDbContext();
    }
}

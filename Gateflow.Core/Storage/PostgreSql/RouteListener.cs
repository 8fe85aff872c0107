using Gateflow.Core.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Gateflow.Core.Storage.PostgreSql;

/// <summary>
/// Hears of new route versions the moment they are committed, over one connection of its own, and puts them in force. While the connection
/// is lost, polling finds them half a second later.
/// </summary>
public sealed partial class RouteListener(string connectionString, Routes routes, TimeProvider clock, ILogger<RouteListener> logger)
{
    /// <summary>Pause before the next try to connect, and between two signs of life of a connection on which nothing is said.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>Listens until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var told = false; !cancellationToken.IsCancellationRequested;)
        {
            try
            {
                await ListenAsync(() => told = false, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                if (!told)
                {
                    told = true;
                    LogLost(fault.GetType().Name, fault.Message);
                }
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(Action connected, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = (int)KeepAlive.TotalSeconds };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "LISTEN " + RouteVersion.Channel;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        connected();
        while (true)
        {
            await routes.ReloadIfChangedAsync(cancellationToken); // first what was told before it listened
            await connection.WaitAsync(cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "News of routes are not heard and are polled for until they are: {Kind}: {Message}")]
    private partial void LogLost(string kind, string message);
}

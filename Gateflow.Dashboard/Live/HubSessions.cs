using System.Collections.Concurrent;
using Gateflow.Dashboard.Access;
using Microsoft.AspNetCore.SignalR;

namespace Gateflow.Dashboard.Live;

/// <summary>The open connections of the hub: one whose session or key ended is closed, looked at twice a minute.</summary>
public sealed class HubSessions(Sessions sessions)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, HubCallerContext> _open = new(StringComparer.Ordinal);

    public void Add(HubCallerContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _open[connection.ConnectionId] = connection;
    }

    public void Remove(string connectionId) => _open.TryRemove(connectionId, out _);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var connection in _open.Values)
        {
            if (connection.User is not { } user || !await sessions.StandsAsync(user, null, cancellationToken))
            {
                connection.Abort();
            }
        }
    }
}

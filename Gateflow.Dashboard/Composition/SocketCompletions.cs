using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Composition;

/// <summary>
/// Lets what follows a socket operation run on the thread that learned of its end, instead of being handed to the thread pool: a fifth of the
/// gateway's CPU per request (docs/decisions/008). The runtime reads the switch from the environment, once, at the first use of a socket.
/// </summary>
internal static class SocketCompletions
{
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Sets the switch unless the operator did. With a database server it stays off: EF Core's work after each of its answers would run on the
    /// threads that serve all connections.
    /// </summary>
    public static void Configure(Settings settings)
    {
        if (settings.Database == DatabaseProvider.Sqlite && Environment.GetEnvironmentVariable(Switch) is null)
        {
            Environment.SetEnvironmentVariable(Switch, "1");
        }
    }
}

using System.Runtime.CompilerServices;

namespace Gateflow.Gateway.Outbound;

/// <summary>
/// What follows a provider's answer runs on the thread that took it from the socket when <c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS</c> is on (decision 008), and no
/// other connection of that thread is heard meanwhile. The request's way is short enough for that; what compares answers or stores results is not.
/// </summary>
public static class SocketThread
{
    /// <summary>Goes on with a thread of the pool, whichever thread it is awaited on.</summary>
    public static ConfiguredTaskAwaitable LeaveAsync() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateflow.Dashboard.Composition;

/// <summary>Where the program reaches itself.</summary>
internal static class OwnAddress
{
    /// <summary>With a slash at its end, http before https; null while it listens nowhere.</summary>
    public static Uri? Of(IServer server) =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.OrderByDescending(a => a.StartsWith("http:", StringComparison.Ordinal)).FirstOrDefault() is { } address
            ? new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
                .Replace("//*", "//127.0.0.1", StringComparison.Ordinal).Replace("//+", "//127.0.0.1", StringComparison.Ordinal).TrimEnd('/') + "/")
            : null;
}

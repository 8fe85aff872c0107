using Gateflow.Dashboard.Composition;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>Where people open the dashboard: <c>Gateflow:PublicUrl</c>, else the first address that it listens on.</summary>
/// <param name="configured">Null for the address that it listens on.</param>
/// <param name="server">Asked when it is needed.</param>
public sealed class PublicAddress(Uri? configured, IServer server)
{
    /// <summary>The address of a page.</summary>
    /// <param name="path">Begins with a slash.</param>
    public string Of(string path) => (configured?.ToString() ?? Listening()).TrimEnd('/') + path;

    private string Listening()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? GateflowApp.DefaultUrl;
        return address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
    }
}

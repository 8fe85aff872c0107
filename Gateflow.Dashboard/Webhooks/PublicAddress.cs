using Gateflow.Dashboard.Composition;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>Where people open the dashboard: <c>Gateflow:PublicUrl</c>, else the first address that it listens on.</summary>
public sealed class PublicAddress(Settings settings, IServer server)
{
    /// <summary>The address of a page.</summary>
    /// <param name="path">Begins with a slash.</param>
    public string Of(string path) => (settings.PublicUrl?.ToString() ?? Listening()).TrimEnd('/') + path;

    private string Listening()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? GateflowApp.DefaultUrl;
        return address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
    }
}

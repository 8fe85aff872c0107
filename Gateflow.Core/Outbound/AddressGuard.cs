using System.Net;

namespace Gateflow.Core.Outbound;

/// <summary>Decides whether an address that was entered by API or page may be connected to.</summary>
public sealed class AddressGuard(OutboundOptions options)
{
    /// <summary>Why not, as the end of a sentence that begins with the address; null when it may.</summary>
    public string? Refusal(IPAddress address) => AddressReaches.Of(address) switch
    {
        AddressReach.Public => null,
        AddressReach.Private when options.AllowPrivateNetworks || options.AllowedNetworks.Contains(address) => null,
        AddressReach.Private => "is a loopback or private address. Set Gateflow:Outbound:AllowedNetworks to its network; a provider may stand in the configuration instead.",
        _ => "is a link-local, metadata, multicast or reserved address, where nothing is to be called.",
    };

    /// <summary>Whether a URL may be configured: its host is looked up and each of its addresses judged. A name that does not resolve now is judged when it is connected to.</summary>
    /// <returns>Why not, one sentence; null when it may.</returns>
    public async Task<string?> RefusalAsync(Uri url, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        var host = url.IdnHost.Trim('[', ']');
        if (AddressReaches.IsMetadataName(host))
        {
            return $"{host} is the metadata service of a cloud, where nothing is to be called.";
        }

        foreach (var address in await ResolveAsync(host, cancellationToken))
        {
            if (Refusal(address) is { } reason)
            {
                return host == address.ToString() ? $"{host} {reason}" : $"{host} resolves to {address}, which {reason}";
            }
        }

        return null;
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(3));
        try
        {
            return await Dns.GetHostAddressesAsync(host, limit.Token);
        }
        catch (Exception fault) when (fault is System.Net.Sockets.SocketException or ArgumentException || !cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace Gateflow.Core.Limits;

/// <summary>Who really calls, when proxies of our own stand before us.</summary>
public static class CallerAddress
{
    /// <summary>
    /// The connection's own address, unless that is a trusted proxy: then the last address of <c>X-Forwarded-For</c> that is no trusted proxy. Whatever
    /// stands to the left of it was written by the caller and is worth nothing. Null when it cannot be known.
    /// </summary>
    /// <param name="connection">The other end of the connection.</param>
    /// <param name="forwarded">The values of <c>X-Forwarded-For</c>, in order; entries are separated by commas and may carry a port.</param>
    /// <param name="trusted">The proxies that are believed.</param>
    public static IPAddress? Of(IPAddress? connection, IReadOnlyList<string?> forwarded, AddressRanges trusted)
    {
        var caller = connection;
        for (var i = forwarded.Count - 1; i >= 0; i--)
        {
            var rest = forwarded[i].AsSpan();
            while (trusted.Contains(caller) && !rest.IsEmpty)
            {
                var comma = rest.LastIndexOf(',');
                caller = Parse(rest[(comma + 1)..].Trim());
                rest = comma < 0 ? default : rest[..comma];
            }
        }

        return caller;
    }

    /// <summary>What one caller commands: an IPv4 address, or the /64 of an IPv6 address, which one line is given whole. Empty when it is not known.</summary>
    public static string Network(IPAddress? caller)
    {
        if (caller is null or { AddressFamily: AddressFamily.InterNetwork } or { IsIPv4MappedToIPv6: true })
        {
            return caller?.MapToIPv4().ToString() ?? "";
        }

        var bytes = caller.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    /// <summary>"192.0.2.7", "192.0.2.7:4711", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:4711".</summary>
    private static IPAddress? Parse(ReadOnlySpan<char> entry)
    {
        if (entry.StartsWith("["))
        {
            var end = entry.IndexOf(']');
            return end < 0 ? null : AddressRanges.Address(entry[1..end]);
        }

        var colon = entry.IndexOf(':');
        return AddressRanges.Address(colon >= 0 && colon == entry.LastIndexOf(':') ? entry[..colon] : entry);
    }
}

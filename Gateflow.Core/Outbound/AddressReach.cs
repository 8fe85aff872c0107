using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gateflow.Core.Limits;

namespace Gateflow.Core.Outbound;

/// <summary>How far an address reaches. Registries: IANA's special-purpose address registries for IPv4 and IPv6.</summary>
public enum AddressReach
{
    Public,

    /// <summary>Loopback, private and shared networks.</summary>
    Private,

    /// <summary>Link-local, the clouds' metadata, unspecified, multicast and reserved ones: no provider is ever there.</summary>
    Never,
}

/// <summary>Tells how far addresses reach.</summary>
public static class AddressReaches
{
    private static readonly AddressRanges NeverRanges = AddressRanges.Of(
    [
        "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::", "fe80::/10", "ff00::/8", "100::/64",
        "100.100.100.200", // metadata of Alibaba Cloud
        "168.63.129.16", // Azure's host
        "192.0.0.192", // metadata of Oracle Cloud
        "fd00:ec2::/32", // metadata, time and names of AWS
        "fd20:ce::254", // metadata of Google Cloud
        "fd00:42::42", // metadata of Scaleway
    ]);

    private static readonly AddressRanges PrivateRanges = AddressRanges.Of(
    [
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15",
        "::1", "fc00::/7", "fec0::/10", "64:ff9b:1::/48",
    ]);

    /// <summary>Names that lead to a cloud's metadata wherever they resolve.</summary>
    private static readonly string[] MetadataNames = ["metadata", "metadata.google.internal", "instance-data", "metadata.azure.internal", "metadata.goog"];

    /// <summary>The reach of an address; one that carries an IPv4 address inside (mapped, 6to4, Teredo, NAT64) reaches no further than that.</summary>
    public static AddressReach Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var own = NeverRanges.Contains(address) ? AddressReach.Never : PrivateRanges.Contains(address) ? AddressReach.Private : AddressReach.Public;
        return Inside(address) is { } inner && Of(inner) is var reach && reach > own ? reach : own;
    }

    public static bool IsMetadataName(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return MetadataNames.Contains(host.TrimEnd('.'), StringComparer.OrdinalIgnoreCase);
    }

    private static IPAddress? Inside(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (address.IsIPv4MappedToIPv6 || (first == 0x0064_FF9B && bytes[4..12].IndexOfAnyExcept((byte)0) < 0))
        {
            return new IPAddress(bytes[12..]);
        }

        if (bytes[..12].IndexOfAnyExcept((byte)0) < 0)
        {
            return address.Equals(IPAddress.IPv6Loopback) || address.Equals(IPAddress.IPv6Any) ? null : new IPAddress(bytes[12..]); // once "IPv4-compatible"
        }

        if (first >> 16 == 0x2002)
        {
            return new IPAddress(bytes[2..6]);
        }

        if (first == 0x2001_0000) // Teredo: the client's address, inverted
        {
            return new IPAddress([(byte)~bytes[12], (byte)~bytes[13], (byte)~bytes[14], (byte)~bytes[15]]);
        }

        return null;
    }
}

using Gateflow.Core.Limits;

namespace Gateflow.Core.Outbound;

/// <summary>Where the gateway may connect to when an address was entered by API or page: <c>Gateflow:Outbound</c>.</summary>
public sealed record OutboundOptions
{
    /// <summary>Whether loopback and private addresses are let through.</summary>
    public bool AllowPrivateNetworks { get; init; }

    /// <summary>Loopback and private networks that are let through in any case.</summary>
    public AddressRanges AllowedNetworks { get; init; } = AddressRanges.None;
}

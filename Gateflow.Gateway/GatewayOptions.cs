using Gateflow.Core.Limits;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Shadow;

namespace Gateflow.Gateway;

/// <summary>What the host decides for the data plane.</summary>
public sealed class GatewayOptions
{
    /// <summary>Largest request body, bytes; a larger one is answered with 413.</summary>
    public long MaxBodyBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>How long after its arrival a request may still be handed to another candidate or tried again. Only a migration's source is asked later.</summary>
    public TimeSpan Budget { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a stop of the host may take: for about two thirds of it requests may go on.</summary>
    public TimeSpan Shutdown { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Proxies before the gateway that are believed when they say who calls (<c>X-Forwarded-For</c>).</summary>
    public AddressRanges TrustedProxies { get; set; } = AddressRanges.None;

    /// <summary>Whether the bodies of a request of this model should be kept as a sample now; null for never. Called once a good answer.</summary>
    public Func<string, bool>? WantsSample { get; set; }

    /// <summary>Bounds of mirroring.</summary>
    public ShadowOptions Shadow { get; } = new();

    /// <summary>Address of the page of error codes, to which "#code" is added for <c>doc_url</c>; null leaves it null.</summary>
    public string? ErrorDocumentation { get; set; }
}

/// <summary>Gives the route table in force; called once a request.</summary>
public delegate RouteTable RouteReader();

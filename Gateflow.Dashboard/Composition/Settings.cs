using Gateflow.Core.Fleet;
using Gateflow.Core.Limits;
using Gateflow.Core.Outbound;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Dashboard.Composition;

/// <summary>The configuration, read and checked once at start. Keys and defaults: README, "Configure".</summary>
public sealed record Settings
{
    /// <summary>Folder of the SQLite file, the data-protection keys and the spool.</summary>
    public required string DataDirectory { get; init; }

    public required DatabaseProvider Database { get; init; }

    public required string ConnectionString { get; init; }

    /// <summary>The administrator's key of the configuration; null when one is to be made at the first start.</summary>
    public string? AdminKey { get; init; }

    /// <summary>Name under which this node writes its rows.</summary>
    public required string Node { get; init; }

    /// <summary>What this node does; all of it unless the database is shared.</summary>
    public NodeRoles Roles { get; init; } = NodeRoles.All;

    /// <summary>Folder of the keys that encrypt stored secrets and sign cookies; one for all nodes.</summary>
    public required string KeysDirectory { get; init; }

    /// <summary>False records no request: for measuring what recording costs.</summary>
    public bool RecordsUsage { get; init; } = true;

    public required bool Demo { get; init; }

    public required IReadOnlyList<ServedProvider> Providers { get; init; }

    public required long MaxBodyBytes { get; init; }

    /// <summary>When circuit breakers open.</summary>
    public BreakerOptions Breaker { get; init; } = new();

    /// <summary>How long after its arrival a request may still be handed on or tried again.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a stop may take.</summary>
    public TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Proxies before the gateway that are believed when they say who calls.</summary>
    public AddressRanges TrustedProxies { get; init; } = AddressRanges.None;

    /// <summary>Where people open the dashboard, for links in messages; null for the address that it listens on.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Where addresses that were entered by API or page may lead.</summary>
    public OutboundOptions Outbound { get; init; } = new();

    public required SampleOptions Samples { get; init; }

    /// <summary>What analyses call a long context and a short query.</summary>
    public UsageLimits UsageLimits { get; init; } = new();

    /// <summary>True under "dotnet run": data lies at the repository's root and each start prints a sign-in link.</summary>
    public required bool IsDotnetRun { get; init; }

    /// <summary>Folders that answer files of the mounted simulator may lie in.</summary>
    public required IReadOnlyList<string> AnswerRoots { get; init; }
}

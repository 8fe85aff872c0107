using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Compatibility;

/// <summary>Whether what callers ask for at an address reaches the target as it is, translated, or not at all, by the choice that forwarding makes.</summary>
public static class EndpointProbe
{
    private static readonly (ApiPath Path, Protocol Protocol)[] Paths =
    [
        (ApiPath.Chat, Protocol.Chat), (ApiPath.Responses, Protocol.Responses), (ApiPath.Messages, Protocol.Messages), (ApiPath.Embeddings, Protocol.Embeddings),
    ];

    /// <param name="target">The model that shall answer, with one endpoint at least.</param>
    /// <param name="usage">Tells which addresses were used.</param>
    public static IReadOnlyList<CompatibilityCheckResult> Check(ModelRoute target, UsageAnalysis usage)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(usage);
        return
        [
            .. Paths.Where(x => usage.Used.HasFlag(x.Path.Flag) && x.Path.Requests(usage) != 0)
                .Select(x => Check(target, x.Path.Path, x.Protocol, usage.Used.HasFlag(Capabilities.FunctionCalling)) with { Subject = x.Path.Path, RequestsAffected = x.Path.Requests(usage) }),
        ];
    }

    private static CompatibilityCheckResult Check(ModelRoute target, string path, Protocol asked, bool withTools) => ProviderAdapters.Find(target.Endpoints[0], asked, withTools) switch
    {
        null => new() { Feature = SampledFeatures.Endpoint, Status = CheckStatus.Fail, Detail = $"The provider of {target.Id} has no API for what is asked for at {path}" },
        { Native: { } native } when native == asked => new() { Feature = SampledFeatures.Endpoint, Status = CheckStatus.Pass, Detail = $"{target.Id} speaks the protocol of {path}" },
        _ => new()
        {
            Feature = SampledFeatures.Endpoint,
            Status = CheckStatus.Warn,
            Detail = $"{target.Id} speaks another protocol than {path}",
            Shim = "requests are translated into it and answers back; what has no word there is refused or noted (docs/protocols.md)",
        },
    };
}

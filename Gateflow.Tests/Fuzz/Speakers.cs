using System.Collections.Frozen;
using System.Reflection;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;

namespace Gateflow.Tests.Fuzz;

/// <summary>Every protocol of callers and every provider's API that the gateway has, found by looking, so that a new one is fuzzed from its first day.</summary>
internal static class Speakers
{
    public static IReadOnlyList<ICallerProtocol> Protocols { get; } =
        [.. typeof(CallerProtocols).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<ICallerProtocol>()];

    /// <summary>The adapters that answer in words, to callers of any protocol, each once, with an endpoint to write for.</summary>
    public static IReadOnlyList<(IProviderAdapter Adapter, ModelEndpoint Endpoint)> Adapters { get; } =
    [
        .. from type in Enum.GetValues<ProviderType>()
           let endpoint = Endpoint(type)
           from asked in Enum.GetValues<Protocol>()
           let adapter = ProviderAdapters.Find(endpoint, asked)
           where adapter is not null && asked != Protocol.Embeddings
           group (adapter, endpoint) by adapter into same
           select same.First(),
    ];

    public static ModelEndpoint Endpoint(ProviderType type) => new(
        new ProviderEndpoint
        {
            Name = "p",
            Type = type,
            BaseUrl = new Uri("http://127.0.0.1:9"),
            Region = "us-east-1",
            Project = "p",
            Location = "global",
            Deployments = FrozenDictionary<string, string>.Empty,
        },
        "m");
}

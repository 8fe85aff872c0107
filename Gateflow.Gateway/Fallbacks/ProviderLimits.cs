using System.Collections.Concurrent;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>The configured limits of providers, one counter each. A provider whose limits are changed begins to count anew.</summary>
internal sealed class ProviderLimits(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ProviderLimit> _all = new(StringComparer.Ordinal);

    /// <summary>The counter of a provider; null when it has no limits.</summary>
    public ProviderLimit? Of(ProviderEndpoint provider) =>
        (provider.MaxConcurrency ?? provider.RequestsPerMinute ?? provider.TokensPerMinute) is null ? null
        : _all.AddOrUpdate(
            provider.Name,
            static (_, want) => want.self.Create(want.provider),
            static (_, known, want) => Same(known, want.provider) ? known : want.self.Create(want.provider),
            (self: this, provider));

    private ProviderLimit Create(ProviderEndpoint provider) => new(provider.MaxConcurrency, provider.RequestsPerMinute, provider.TokensPerMinute, time);

    private static bool Same(ProviderLimit known, ProviderEndpoint provider) =>
        known.MaxConcurrency == provider.MaxConcurrency && known.RequestsPerMinute == provider.RequestsPerMinute && known.TokensPerMinute == provider.TokensPerMinute;
}

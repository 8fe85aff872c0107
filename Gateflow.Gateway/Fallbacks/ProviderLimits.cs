using System.Collections.Concurrent;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>The configured limits of providers, one counter each. A provider whose limits are changed begins to count anew.</summary>
internal sealed class ProviderLimits(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ProviderLimit> _all = new(StringComparer.Ordinal);

    /// <summary>The counter of a provider; null when it has no limits.</summary>
    public ProviderLimit? Of(ProviderEndpoint provider) =>
        (provider.MaxConcurrency ?? provider.RequestsPerMinute) is null ? null
        : _all.AddOrUpdate(
            provider.Name,
            static (_, want) => want.self.Create(want.provider),
            static (_, known, want) => known.MaxConcurrency == want.provider.MaxConcurrency && known.RequestsPerMinute == want.provider.RequestsPerMinute
                ? known : want.self.Create(want.provider),
            (self: this, provider));

    private ProviderLimit Create(ProviderEndpoint provider) => new(provider.MaxConcurrency, provider.RequestsPerMinute, time);
}

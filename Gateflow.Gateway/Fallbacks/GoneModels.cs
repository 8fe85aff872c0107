using System.Collections.Concurrent;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>Which models their providers have lately denied to have: a replacement is taken at once instead of asking each time.</summary>
internal sealed class GoneModels(TimeProvider time)
{
    /// <summary>How long a provider's word is taken for it.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Provider, string Model), long> _since = new();
    private volatile bool _any;

    public bool Contains(ModelEndpoint endpoint) =>
        _any && _since.TryGetValue(Key(endpoint), out var since) && time.GetElapsedTime(since) < Kept;

    public void Add(ModelEndpoint endpoint)
    {
        _since[Key(endpoint)] = time.GetTimestamp();
        _any = true;
    }

    /// <summary>It answered after all; true when it had been denied.</summary>
    public bool Remove(ModelEndpoint endpoint) => _any && _since.TryRemove(Key(endpoint), out _);

    private static (string Provider, string Model) Key(ModelEndpoint endpoint) => (endpoint.Provider.Name, endpoint.UpstreamModel);
}

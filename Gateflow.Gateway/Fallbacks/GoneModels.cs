using System.Collections.Concurrent;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>
/// Which models their providers have lately denied to have: a replacement is taken at once instead of asking each time. A model that is asked for vectors by mistake is denied too and
/// answers in words as before, so the two are kept apart.
/// </summary>
internal sealed class GoneModels(TimeProvider time)
{
    /// <summary>How long a provider's word is taken for it.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Provider, string Model, bool Vectors), long> _since = new();
    private volatile bool _any;

    public bool Contains(ModelEndpoint endpoint, bool vectors) =>
        _any && _since.TryGetValue(Key(endpoint, vectors), out var since) && time.GetElapsedTime(since) < Kept;

    public void Add(ModelEndpoint endpoint, bool vectors)
    {
        _since[Key(endpoint, vectors)] = time.GetTimestamp();
        _any = true;
    }

    /// <summary>It answered after all; true when it had been denied.</summary>
    public bool Remove(ModelEndpoint endpoint, bool vectors) => _any && _since.TryRemove(Key(endpoint, vectors), out _);

    private static (string Provider, string Model, bool Vectors) Key(ModelEndpoint endpoint, bool vectors) => (endpoint.Provider.Name, endpoint.UpstreamModel, vectors);
}

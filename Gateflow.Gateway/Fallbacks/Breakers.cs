using System.Collections.Concurrent;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>The circuit breakers of this node, one a model at a provider; each begins with the first call and lives as long as the program.</summary>
public sealed class Breakers(BreakerOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Provider, string Model), Breaker> _all = new();

    /// <summary>Raised after a change of state, on any thread; must not wait.</summary>
    public event Action<BreakerChange>? Changed;

    /// <summary>Every breaker that has seen a call.</summary>
    public IReadOnlyList<BreakerSnapshot> Snapshot() => [.. _all.Values.Select(b => b.Snapshot())];

    /// <summary>The breaker of a model at its provider as it stands; closed when it has seen no call.</summary>
    public BreakerSnapshot Snapshot(ModelEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return _all.TryGetValue((endpoint.Provider.Name, endpoint.UpstreamModel), out var breaker)
            ? breaker.Snapshot()
            : new BreakerSnapshot(endpoint.Provider.Name, endpoint.UpstreamModel, BreakerState.Closed, null, null, 0, false);
    }

    internal Breaker Of(ModelEndpoint endpoint) => _all.GetOrAdd(
        (endpoint.Provider.Name, endpoint.UpstreamModel),
        static (key, self) => new Breaker(key.Provider, key.Model, self.Options, self.Time, self.Steady, change => self.Changed?.Invoke(change)),
        this);

    private BreakerOptions Options { get; } = options;

    private TimeProvider Time { get; } = time;

    private SteadyTime Steady { get; } = new(time);
}

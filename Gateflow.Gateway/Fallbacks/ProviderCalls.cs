using System.Collections.Concurrent;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>The recent calls of each provider by this node, for people to see how it fares.</summary>
public sealed class ProviderCalls(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, RecentCalls> _all = new(StringComparer.Ordinal);

    /// <summary>Calls of a provider in the last five minutes, and failures among them.</summary>
    public (long Calls, long Faults) Count(string provider) => _all.TryGetValue(provider, out var calls) ? calls.Count() : (0, 0);

    internal RecentCalls Of(string provider) => _all.GetOrAdd(provider, static (_, time) => new RecentCalls(time), time);
}

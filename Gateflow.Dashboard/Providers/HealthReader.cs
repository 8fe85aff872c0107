using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Dashboard.Providers;

/// <summary>Puts together what probes, recent calls and circuit breakers say of a provider.</summary>
public sealed class HealthReader(ProviderHealths probes, ProviderCalls calls, Breakers breakers)
{
    /// <summary>Fewer calls say nothing of a rate.</summary>
    private const int EnoughCalls = 10;

    private const double BadRate = 0.1;

    public HealthView Of(string provider, ProviderType type, ProbeConfig config)
    {
        var health = probes.Of(provider);
        var open = breakers.Snapshot().Where(b => b.Provider == provider && b.State != BreakerState.Closed).ToList();
        var (count, faults) = calls.Count(provider);
        var rate = count == 0 ? (double?)null : (double)faults / count;
        return new HealthView
        {
            State = Worse(health.State, open.Count, count, rate),
            Since = health.Since,
            Probed = ProviderHealths.IsProbed(type, config),
            CheckedAt = health.Last?.At,
            LatencyMs = health.Last?.LatencyMs,
            LastFailure = health.LastFailure is { } failure ? TestView.Of(failure) : null,
            RecentCalls = count,
            RecentErrorRate = rate,
            OpenCircuits = [.. open.Select(b => b.Model).Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>Requests can make a provider look worse than its probes, and speak for one that is not probed.</summary>
    private static HealthState Worse(HealthState probed, int open, long count, double? rate)
    {
        if (probed == HealthState.Down)
        {
            return probed;
        }

        if (open > 0 || (count >= EnoughCalls && rate > BadRate))
        {
            return HealthState.Degraded;
        }

        return probed == HealthState.Unknown && count >= EnoughCalls ? HealthState.Healthy : probed;
    }
}

using System.Collections.Concurrent;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Probes;

namespace Gateflow.Dashboard.Providers;

/// <summary>Probes each provider in its interval and remembers how it stands, on this node. A provider that is changed begins anew.</summary>
public sealed class ProviderHealths(ModelDirectory models, ProviderProbe probe, TimeProvider clock)
{
    private const int AtOnce = 8;

    private readonly ConcurrentDictionary<string, (ProviderEndpoint Endpoint, ProviderHealth Health)> _all = new(StringComparer.Ordinal);

    /// <summary>Raised after a turn that probed any.</summary>
    public event Action? Changed;

    /// <summary>How a provider stands; unknown when it was not asked yet.</summary>
    public ProviderHealth Of(string provider) => _all.TryGetValue(provider, out var known) ? known.Health : ProviderHealth.Unknown;

    /// <summary>Whether a provider is probed: as configured, else where it lists its models.</summary>
    public static bool IsProbed(ProviderType type, ProbeConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return (config.Enabled ?? true) && ProviderKind.Of(type).ListsModels;
    }

    /// <summary>One turn: probes those whose time has come, some at once, and returns when all have answered.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var providers = models.Providers;
        foreach (var gone in _all.Keys.Except(providers.Select(p => p.Name)))
        {
            _all.TryRemove(gone, out _);
        }

        var due = providers.Where(IsDue).ToList();
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (provider, token) =>
            Note(provider, await probe.RunAsync(provider, null, TimeSpan.FromSeconds(provider.Probe.TimeoutSeconds), token)));
        if (due.Count > 0)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Takes a probe that somebody asked for as one more.</summary>
    public void Note(ProviderEndpoint provider, ProbeResult result)
    {
        ArgumentNullException.ThrowIfNull(provider);
        _all.AddOrUpdate(
            provider.Name,
            _ => (provider, ProviderHealth.Unknown.After(result)),
            (_, known) => (provider, (ReferenceEquals(known.Endpoint, provider) ? known.Health : ProviderHealth.Unknown).After(result)));
    }

    private bool IsDue(ProviderEndpoint provider) =>
        IsProbed(provider.Type, provider.Probe)
        && (!_all.TryGetValue(provider.Name, out var known)
            || !ReferenceEquals(known.Endpoint, provider)
            || known.Health.Last is not { } last
            || clock.GetUtcNow() - last.At >= TimeSpan.FromSeconds(provider.Probe.IntervalSeconds));
}

namespace Gateflow.Core.Providers;

/// <summary>How a provider stands by its probes. It is for people: it starts no fallback and is no evidence of a migration.</summary>
public sealed record ProviderHealth
{
    /// <summary>So many failed probes in a row are an outage, not a hiccup.</summary>
    public const int DownAfter = 3;

    public static readonly ProviderHealth Unknown = new();

    public HealthState State { get; init; }

    /// <summary>Since when it stands so; null while unknown.</summary>
    public DateTimeOffset? Since { get; init; }

    public int FailuresInARow { get; init; }

    public ProbeResult? Last { get; init; }

    /// <summary>The last probe that failed, also when later ones did not.</summary>
    public ProbeResult? LastFailure { get; init; }

    /// <summary>
    /// The health after a probe: one that succeeds is enough to be healthy; a refused key or address, or an account without credit, is an outage at once, since no
    /// request will fare better; a rate limit shows that the provider is there.
    /// </summary>
    public ProviderHealth After(ProbeResult probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        var failures = probe.IsOk ? 0 : FailuresInARow + 1;
        var state = probe.Fault switch
        {
            null => HealthState.Healthy,
            ProbeFault.KeyRefused or ProbeFault.NoCredit or ProbeFault.AddressRefused => HealthState.Down,
            ProbeFault.RateLimited => HealthState.Degraded,
            _ => failures >= DownAfter ? HealthState.Down : HealthState.Degraded,
        };
        return new ProviderHealth
        {
            State = state,
            Since = state == State ? Since : probe.At,
            FailuresInARow = failures,
            Last = probe,
            LastFailure = probe.IsOk ? LastFailure : probe,
        };
    }
}

/// <summary>How a provider stands.</summary>
public enum HealthState
{
    /// <summary>Not asked yet, or never asked.</summary>
    Unknown,
    Healthy,
    Degraded,
    Down,
}

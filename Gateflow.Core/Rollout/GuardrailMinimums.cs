namespace Gateflow.Core.Rollout;

/// <summary>
/// What each guardrail must have seen before "healthy" means anything. An anytime-valid test needs no minimum to be right about a
/// breach; these only keep silence from passing for health. Counted over the whole migration: evidence survives steps.
/// </summary>
public static class GuardrailMinimums
{
    /// <summary>Counted target outcomes of the error rate.</summary>
    public const int ErrorOutcomes = 20;

    /// <summary>Source successes from which the latency limit is taken.</summary>
    public const int LatencySources = 300;

    /// <summary>Target latencies compared with that limit.</summary>
    public const int LatencyTargets = 20;

    /// <summary>Target scores of the quality drop.</summary>
    public const int QualityTargets = 30;

    /// <summary>Source scores of the quality drop.</summary>
    public const int QualitySources = 1;

    /// <summary>Percent of traffic on the target above which the source's remainder is too thin to compare latencies with.</summary>
    public const double LatencyMaxWeight = 90;

    /// <summary>Percent of traffic on the target above which that remainder is too thin to tell soon that the source fails as well.</summary>
    public const double OwnArmMaxWeight = 90;
}

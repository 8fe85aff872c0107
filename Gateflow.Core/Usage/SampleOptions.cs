using Gateflow.Core.Privacy;

namespace Gateflow.Core.Usage;

/// <summary>Which requests are kept with their bodies, for replay: <c>Gateflow:Samples</c>.</summary>
public sealed record SampleOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Share of requests that may be kept, 0–1.</summary>
    public double Rate { get; init; } = 1;

    public int MaxPerModel { get; init; } = 2_000;

    public int RetentionDays { get; init; } = 30;

    /// <summary>What is taken out of bodies before they are stored.</summary>
    public Redactions Redact { get; init; }
}

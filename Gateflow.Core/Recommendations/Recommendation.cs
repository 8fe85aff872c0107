using System.Text.Json.Serialization;

namespace Gateflow.Core.Recommendations;

/// <summary>One model that could take over, with its score and where the score comes from.</summary>
public sealed record Recommendation
{
    /// <summary>The id to ask for: as it is served, else the catalog's.</summary>
    public required string Model { get; init; }

    /// <summary>The configured provider that serves it, else the catalog's provider.</summary>
    public required string Provider { get; init; }

    /// <summary>0–100, the weighted sum of <see cref="Breakdown"/>; docs/scoring.md.</summary>
    public int Score { get; init; }

    public IReadOnlyList<string> Reasons { get; init; } = [];

    public IReadOnlyList<string> Considerations { get; init; } = [];

    /// <summary>Change of cost on the token mix really used, an estimate: -0.45 is 45 % cheaper. Null when a price is unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? EstimatedCostChange { get; init; }

    public required ScoreBreakdown Breakdown { get; init; }

    public int? ContextWindow { get; init; }

    public DateOnly? RetiresOn { get; init; }

    /// <summary>Where it answers, as far as its provider's settings tell; left out when unknown.</summary>
    public string? Region { get; init; }

    /// <summary>True when a configured provider serves it.</summary>
    public bool Served { get; init; }

    /// <summary>True when its lifecycle dates are made up for the demo.</summary>
    public bool DatesAreDemo { get; init; }
}

/// <summary>The parts of a score, each 0–1. Null is unknown and counts half.</summary>
public sealed record ScoreBreakdown
{
    public double CapabilityFit { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ContextHeadroom { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Cost { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Speed { get; init; }

    public double Runway { get; init; }

    public double ProviderSuccessor { get; init; }

    /// <summary>Quality seen in earlier replays and migrations.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? QualityEvidence { get; init; }
}

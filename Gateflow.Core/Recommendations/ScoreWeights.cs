namespace Gateflow.Core.Recommendations;

/// <summary>Points of each part of a score; they add up to 100. Explained in docs/scoring.md.</summary>
public static class ScoreWeights
{
    /// <summary>Working without a change of behaviour matters most: what breaks costs more than any price.</summary>
    public const double CapabilityFit = 30;

    /// <summary>Room for prompts to grow.</summary>
    public const double ContextHeadroom = 10;

    /// <summary>Cost on the token mix really used.</summary>
    public const double Cost = 20;

    /// <summary>Median latency seen here.</summary>
    public const double Speed = 10;

    /// <summary>Time until the next forced migration.</summary>
    public const double Runway = 15;

    /// <summary>The provider knows best what was built to follow; the same provider at least keeps protocol and contract.</summary>
    public const double ProviderSuccessor = 10;

    /// <summary>Little, because it is rarely there yet.</summary>
    public const double QualityEvidence = 5;

    /// <summary>What an unknown part counts: neither reward nor punishment.</summary>
    public const double Unknown = 0.5;

    /// <summary>Fit lost by a warning that concerns every request: a change of behaviour, an unknown fact, a mere rename.</summary>
    public const double LostByChange = 0.2;
    public const double LostByUnknown = 0.1;
    public const double LostByShim = 0.05;

    /// <summary>Times the context needed from which more room earns nothing more.</summary>
    public const double AmpleContext = 4;

    /// <summary>Days until retirement from which a later date earns nothing more.</summary>
    public const double AmpleRunwayDays = 365;

    /// <summary>Runway of a model that is deprecated without a date.</summary>
    public const double RunwayWithoutDate = 0.3;

    /// <summary>Share of the successor part for a model of the same provider that it does not name.</summary>
    public const double SameProvider = 0.5;
}

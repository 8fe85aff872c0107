namespace Gateflow.Core.Limits;

/// <summary>What a key's limits said to one request. Members of limits that the key does not have are 0.</summary>
public readonly record struct LimitReading
{
    /// <summary>The limit that refused the request; of several the one that takes longest to give way.</summary>
    public LimitKind Exceeded { get; init; }

    /// <summary>Seconds until the request would be let through; 0 when it was.</summary>
    public int RetryAfter { get; init; }

    /// <summary>Requests that may still come within this minute.</summary>
    public long RequestsLeft { get; init; }

    /// <summary>Seconds until the whole <see cref="KeyLimits.Rpm"/> is free again; 0–61.</summary>
    public int RequestsReset { get; init; }

    public long TokensLeft { get; init; }

    public int TokensReset { get; init; }

    /// <summary>Requests that may still come on this day.</summary>
    public long DailyLeft { get; init; }

    /// <summary>Seconds to the end of the day, UTC.</summary>
    public int DailyReset { get; init; }

    /// <summary>USD that may still be spent in this month.</summary>
    public decimal CostLeft { get; init; }

    /// <summary>Seconds to the end of the month, UTC.</summary>
    public int CostReset { get; init; }

    /// <summary>Tokens set aside for the request, to be settled when the real number is known.</summary>
    public long Reserved { get; init; }

    /// <summary>The second in which it was let through.</summary>
    public long Second { get; init; }
}

/// <summary>The limits of a key.</summary>
public enum LimitKind
{
    None,
    Rpm,
    Tpm,
    DailyRequests,
    MonthlyCostUsd,
}

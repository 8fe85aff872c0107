using System.Text.Json.Serialization;

namespace Gateflow.Core.Limits;

/// <summary>How much a key may ask for; null members do not limit. Wire name: <c>rate_limits</c>.</summary>
public sealed record KeyLimits
{
    public static readonly KeyLimits None = new();

    /// <summary>Requests in any 60 s, on each node; at least 1.</summary>
    public int? Rpm { get; init; }

    /// <summary>Input and output tokens in any 60 s, on each node; at least 1.</summary>
    public long? Tpm { get; init; }

    /// <summary>Requests a day (UTC), on all nodes together; at least 1.</summary>
    public long? DailyRequests { get; init; }

    /// <summary>USD a calendar month (UTC), on all nodes together; more than 0. Requests of models without a known price cost nothing.</summary>
    public decimal? MonthlyCostUsd { get; init; }

    [JsonIgnore]
    public bool IsNone => this == None;
}

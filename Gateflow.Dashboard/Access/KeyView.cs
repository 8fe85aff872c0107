using System.Text.Json.Serialization;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;

namespace Gateflow.Dashboard.Access;

/// <summary>A key as shown; never its secret.</summary>
public sealed record KeyView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required KeyType Type { get; init; }

    public required Role Role { get; init; }

    public required string Prefix { get; init; }

    [JsonPropertyName("last_4")]
    public required string Last4 { get; init; }

    public string? Feature { get; init; }

    public IReadOnlyList<string> AllowedModels { get; init; } = [];

    /// <summary>How much it may ask for; empty for no limit.</summary>
    public KeyLimits RateLimits { get; init; } = KeyLimits.None;

    /// <summary>Where it may be used from; empty for everywhere.</summary>
    public IReadOnlyList<string> AllowedIps { get; init; } = [];

    /// <summary>What it has used of a limit of the day or month; null without such a limit.</summary>
    public KeySpend? Spent { get; init; }

    /// <summary>active, expired or revoked.</summary>
    public required string Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>Start of the hour in which it was last used, within 30 days; null when it was not.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    [JsonPropertyName("requests_last_30d")]
    public long RequestsLast30Days { get; init; }

    /// <summary>Further requests that a limit or a missing right of the key refused.</summary>
    [JsonPropertyName("refused_last_30d")]
    public long RefusedLast30Days { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public bool Demo { get; init; }
}

/// <summary>A new key with its secret, which is shown this once.</summary>
public sealed record CreatedKey(string Id, string Name, string Key, KeyView View);

/// <summary>What a key has used so far, as the gateway counts it.</summary>
/// <param name="RequestsToday">Since midnight UTC.</param>
/// <param name="CostThisMonthUsd">Since the first of the month UTC.</param>
public sealed record KeySpend(long RequestsToday, decimal CostThisMonthUsd);

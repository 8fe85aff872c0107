using System.Text.Json.Serialization;

namespace Gateflow.Dashboard.Features;

/// <summary>A feature with the use made of it in the last 30 days.</summary>
public sealed record FeatureView
{
    /// <summary>"feat_…"; null for a name that was only seen in traffic.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Id { get; init; }

    public required string Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Owner { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Description { get; init; }

    /// <summary>Keys whose requests belong to it unless they name another.</summary>
    public IReadOnlyList<FeatureKey> DefaultKeys { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? MonthlyBudgetUsd { get; init; }

    /// <summary>Since the first of the month, UTC; null when a price is unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? CostThisMonthUsd { get; init; }

    [JsonPropertyName("requests_last_30d")]
    public long RequestsLast30Days { get; init; }

    [JsonPropertyName("errors_last_30d")]
    public long ErrorsLast30Days { get; init; }

    /// <summary>USD; null when a price is unknown.</summary>
    [JsonPropertyName("cost_last_30d")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? CostLast30Days { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? CreatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? CreatedBy { get; init; }

    /// <summary>Share of the budget that is spent, 0.5 is half; null without a budget or a known cost.</summary>
    [JsonIgnore]
    public double? BudgetShare => MonthlyBudgetUsd is > 0 && CostThisMonthUsd is { } cost ? (double)(cost / MonthlyBudgetUsd.Value) : null;
}

/// <summary>A key of a feature: which one, never its secret.</summary>
public sealed record FeatureKey(string Id, string Name);

using System.Text.Json.Serialization;
using Gateflow.Core.Migrations;
using Gateflow.Core.Shadow;

namespace Gateflow.Dashboard.Shadow;

/// <summary>What became of a migration's copies, on all nodes, as the API shows it. Money is none of the customer's usage.</summary>
public sealed record ShadowView
{
    /// <summary>True while requests are copied.</summary>
    public bool Mirroring { get; init; }

    public long Queued { get; init; }

    /// <summary>Copies that the target answered whole.</summary>
    public long Delivered { get; init; }

    public long Failed { get; init; }

    /// <summary>Copies that found the queue full, or were left in it by a stop.</summary>
    public long Dropped { get; init; }

    public long SkippedSampling { get; init; }

    public long SkippedBudget { get; init; }

    /// <summary>Copies not sent: the caller hung up, the provider's configured limits had no room, or mirroring had ended.</summary>
    public long SkippedOther { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>USD; null when no answer has a known price.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? Cost { get; init; }

    /// <summary>True when tokens of some answers were estimated.</summary>
    public bool CostEstimated { get; init; }

    /// <summary>The budget, USD; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? MaxCost { get; init; }

    /// <summary>True once the budget stopped mirroring.</summary>
    public bool BudgetReached { get; init; }

    /// <summary>Pairs of answers that were compared.</summary>
    public long Compared { get; init; }

    /// <summary>Pairs that were not, because one answer was too long to be kept.</summary>
    public long TooLong { get; init; }

    /// <summary>Mean similarity of the pairs' texts in [0, 1]; null without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Similarity { get; init; }

    public string SimilarityMethod => ShadowComparison.Method;

    /// <summary>Share of the pairs with the same outer form.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? FormatMatch { get; init; }

    /// <summary>Tool calls compared; none was executed.</summary>
    public long ToolCallsCompared { get; init; }

    /// <summary>Share of them that the target wants too, with the same arguments.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ToolMatch { get; init; }

    /// <summary>Share of them that the target wants too, whatever the arguments.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ToolNameMatch { get; init; }

    /// <summary>Mean milliseconds of the source on requests that both models answered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? SourceLatencyMs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? TargetLatencyMs { get; init; }

    /// <summary>What is wrong with the mirroring itself, "0 of 40 copies delivered …"; null when nothing is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Alarm { get; init; }

    public static ShadowView Of(Migration migration, ShadowCounts counts, bool budgetReached, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(migration);
        ArgumentNullException.ThrowIfNull(counts);
        var mirroring = migration.Status == MigrationStatus.InProgress && MirrorRoute.Of(migration.Config, migration.Step) is not null;
        return new ShadowView
        {
            Mirroring = mirroring && !budgetReached,
            Queued = counts.Queued,
            Delivered = counts.Delivered,
            Failed = counts.Failed,
            Dropped = counts.Dropped,
            SkippedSampling = counts.SkippedSampling,
            SkippedBudget = counts.SkippedBudget,
            SkippedOther = counts.SkippedOther,
            InputTokens = counts.InputTokens,
            OutputTokens = counts.OutputTokens,
            Cost = counts.Unpriced > 0 && counts.Cost == 0 ? null : counts.Cost,
            CostEstimated = counts.Estimated > 0,
            MaxCost = migration.Config.Mirror?.MaxCost,
            BudgetReached = budgetReached,
            Compared = counts.Compared,
            TooLong = counts.TooLong,
            Similarity = Mean(counts.SimilaritySum, counts.Similarities, 4),
            FormatMatch = Mean(counts.SameForm, counts.Compared, 4),
            ToolCallsCompared = counts.ToolCalls,
            ToolMatch = Mean(counts.ToolMatches, counts.ToolCalls, 4),
            ToolNameMatch = Mean(counts.ToolNames, counts.ToolCalls, 4),
            SourceLatencyMs = Mean(counts.SourceMs, counts.Timed, 1),
            TargetLatencyMs = Mean(counts.TargetMs, counts.Timed, 1),
            Alarm = mirroring && counts.IsSilent(now) ? $"0 of {counts.SinceDelivery} copies delivered since {counts.SilentSince:yyyy-MM-dd HH:mm:ss} UTC: the mirror shows nothing." : null,
        };
    }

    private static double? Mean(double sum, long count, int digits) => count == 0 ? null : Math.Round(sum / count, digits);
}

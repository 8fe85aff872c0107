namespace Gateflow.Core.Shadow;

/// <summary>What became of the copies of one migration's requests. Money is its own: no customer's usage, limit or bill holds any of it.</summary>
public sealed record ShadowCounts
{
    /// <summary>Copies put in the queue.</summary>
    public long Queued { get; init; }

    /// <summary>Copies that the target answered whole.</summary>
    public long Delivered { get; init; }

    /// <summary>Copies that the target did not answer, or not to the end.</summary>
    public long Failed { get; init; }

    /// <summary>Copies that found the queue full, or were left in it when the program stopped.</summary>
    public long Dropped { get; init; }

    /// <summary>Requests that sampling left out.</summary>
    public long SkippedSampling { get; init; }

    /// <summary>Requests not copied because the budget is used up.</summary>
    public long SkippedBudget { get; init; }

    /// <summary>Copies not sent: the caller hung up, the provider's configured limits had no room, or mirroring had ended.</summary>
    public long SkippedOther { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>Answers whose tokens the provider did not count; they were estimated.</summary>
    public long Estimated { get; init; }

    /// <summary>Answers of a model without a known price; <see cref="Cost"/> holds nothing of them.</summary>
    public long Unpriced { get; init; }

    /// <summary>USD.</summary>
    public decimal Cost { get; init; }

    /// <summary>Pairs of answers that were compared.</summary>
    public long Compared { get; init; }

    /// <summary>Pairs that were not, because one answer was too long to be kept.</summary>
    public long TooLong { get; init; }

    public long SameForm { get; init; }

    /// <summary>Pairs with words on both sides.</summary>
    public long Similarities { get; init; }

    /// <summary>Sum over <see cref="Similarities"/>.</summary>
    public double SimilaritySum { get; init; }

    public long ToolCalls { get; init; }

    public long ToolNames { get; init; }

    public long ToolMatches { get; init; }

    /// <summary>Pairs of which both latencies are known.</summary>
    public long Timed { get; init; }

    /// <summary>Sum over <see cref="Timed"/>.</summary>
    public double SourceMs { get; init; }

    /// <summary>Sum over <see cref="Timed"/>.</summary>
    public double TargetMs { get; init; }

    /// <summary>Copies queued or dropped since the target last answered one.</summary>
    public long SinceDelivery { get; init; }

    /// <summary>Copies that failed or were dropped since the target last answered one.</summary>
    public long LostSinceDelivery { get; init; }

    /// <summary>When the first of <see cref="SinceDelivery"/> was queued or dropped; null when there is none.</summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>True when so many copies came to nothing, or stay unanswered so long, that it is an alarm.</summary>
    /// <param name="now">The present.</param>
    public bool IsSilent(DateTimeOffset now) =>
        LostSinceDelivery >= ShadowWatch.Copies || (SinceDelivery >= ShadowWatch.Copies && now - SilentSince >= ShadowWatch.Patience);

    /// <summary>The counts of several nodes together.</summary>
    public static ShadowCounts operator +(ShadowCounts a, ShadowCounts b) => new()
    {
        Queued = a.Queued + b.Queued,
        Delivered = a.Delivered + b.Delivered,
        Failed = a.Failed + b.Failed,
        Dropped = a.Dropped + b.Dropped,
        SkippedSampling = a.SkippedSampling + b.SkippedSampling,
        SkippedBudget = a.SkippedBudget + b.SkippedBudget,
        SkippedOther = a.SkippedOther + b.SkippedOther,
        InputTokens = a.InputTokens + b.InputTokens,
        OutputTokens = a.OutputTokens + b.OutputTokens,
        Estimated = a.Estimated + b.Estimated,
        Unpriced = a.Unpriced + b.Unpriced,
        Cost = a.Cost + b.Cost,
        Compared = a.Compared + b.Compared,
        TooLong = a.TooLong + b.TooLong,
        SameForm = a.SameForm + b.SameForm,
        Similarities = a.Similarities + b.Similarities,
        SimilaritySum = a.SimilaritySum + b.SimilaritySum,
        ToolCalls = a.ToolCalls + b.ToolCalls,
        ToolNames = a.ToolNames + b.ToolNames,
        ToolMatches = a.ToolMatches + b.ToolMatches,
        Timed = a.Timed + b.Timed,
        SourceMs = a.SourceMs + b.SourceMs,
        TargetMs = a.TargetMs + b.TargetMs,
        SinceDelivery = a.SinceDelivery + b.SinceDelivery,
        LostSinceDelivery = a.LostSinceDelivery + b.LostSinceDelivery,
        SilentSince = a.SilentSince is null || b.SilentSince < a.SilentSince ? b.SilentSince ?? a.SilentSince : a.SilentSince,
    };

    public static ShadowCounts Add(ShadowCounts left, ShadowCounts right) => left + right;
}

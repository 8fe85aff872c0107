namespace Gateflow.Core.Usage;

/// <summary>What usage is divided by.</summary>
public enum UsageDimension
{
    /// <summary>The model that answered, which is what a provider bills; the one that was asked for where none did.</summary>
    Model,
    Key,
    Feature,
}

/// <summary>Which usage is looked at: the hours that begin in [From, To); the hour that From lies in counts whole.</summary>
public sealed record UsageSlice(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>As <see cref="UsageDimension.Model"/> has it; null for all.</summary>
    public string? Model { get; init; }

    /// <summary>A key's id; null for all.</summary>
    public string? Key { get; init; }

    /// <summary>Empty for requests of no feature; null for all.</summary>
    public string? Feature { get; init; }
}

/// <summary>Usage of one model, key or feature, or of all. Costs are USD.</summary>
public sealed record UsageShare
{
    /// <summary>The model, the key's id or the feature; empty for requests of no feature, and for a sum.</summary>
    public required string Name { get; init; }

    public long Requests { get; init; }

    /// <summary>Failures of models and providers.</summary>
    public long Errors { get; init; }

    public long Fallbacks { get; init; }

    public long InputTokens { get; init; }

    /// <summary>Part of <see cref="InputTokens"/> that was read from the provider's cache.</summary>
    public long CachedTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>Part of <see cref="OutputTokens"/> spent on hidden reasoning.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>Requests whose token counts are estimates.</summary>
    public long EstimatedRequests { get; init; }

    /// <summary>Cost of the requests with a price.</summary>
    public decimal PricedCost { get; init; }

    /// <summary>Requests whose price is unknown: <see cref="Cost"/> is the sum of the others.</summary>
    public long UnpricedRequests { get; init; }

    public bool Demo { get; init; }

    /// <summary>Null when there are requests without a price and none with one.</summary>
    public decimal? Cost => CostOf(PricedCost, UnpricedRequests);

    public static UsageShare Sum(IEnumerable<UsageShare> shares) => shares.Aggregate(new UsageShare { Name = "" }, (sum, s) => new UsageShare
    {
        Name = "",
        Requests = sum.Requests + s.Requests,
        Errors = sum.Errors + s.Errors,
        Fallbacks = sum.Fallbacks + s.Fallbacks,
        InputTokens = sum.InputTokens + s.InputTokens,
        CachedTokens = sum.CachedTokens + s.CachedTokens,
        OutputTokens = sum.OutputTokens + s.OutputTokens,
        ReasoningTokens = sum.ReasoningTokens + s.ReasoningTokens,
        EstimatedRequests = sum.EstimatedRequests + s.EstimatedRequests,
        PricedCost = sum.PricedCost + s.PricedCost,
        UnpricedRequests = sum.UnpricedRequests + s.UnpricedRequests,
        Demo = sum.Demo || s.Demo,
    });

    internal static decimal? CostOf(decimal priced, long unpriced) => unpriced > 0 && priced == 0 ? null : priced;
}

/// <summary>Usage of one group in one bucket of time.</summary>
/// <param name="At">Start of the bucket, UTC.</param>
/// <param name="Name">As <see cref="UsageShare.Name"/>.</param>
/// <param name="Requests">Requests of the bucket.</param>
/// <param name="Cost">USD; null when there are requests without a price and none with one.</param>
/// <param name="UnpricedRequests">Requests that the cost leaves out.</param>
public sealed record UsagePoint(DateTimeOffset At, string Name, long Requests, decimal? Cost, long UnpricedRequests);

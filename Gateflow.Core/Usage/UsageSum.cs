namespace Gateflow.Core.Usage;

/// <summary>Sums of rollups. A cost is null when no request had a price though some should have had one.</summary>
internal sealed class UsageSum
{
    public long Requests { get; private set; }

    public long Errors { get; private set; }

    public long InputTokens { get; private set; }

    public long CachedTokens { get; private set; }

    public long OutputTokens { get; private set; }

    public long Unpriced { get; private set; }

    /// <summary>Requests that have tokens at all: failed ones would pull means down.</summary>
    public long Answered { get; private set; }

    public int MaxContext { get; private set; }

    public int MaxOutput { get; private set; }

    public bool Demo { get; private set; }

    private decimal PricedCost { get; set; }

    /// <summary>USD of the requests with a price; null when there are requests without one and none with.</summary>
    public decimal? Cost => Unpriced > 0 && PricedCost == 0 ? null : PricedCost;

    public long AvgInputTokens => Mean(InputTokens);

    public long AvgOutputTokens => Mean(OutputTokens);

    public void Add(RollupFigures row, long answered)
    {
        Requests += row.Requests;
        Errors += row.Errors;
        InputTokens += row.InputTokens;
        CachedTokens += row.CachedTokens;
        OutputTokens += row.OutputTokens;
        Unpriced += row.UnpricedRequests;
        PricedCost += row.Cost;
        Answered += answered;
        MaxContext = Math.Max(MaxContext, row.MaxContext);
        MaxOutput = Math.Max(MaxOutput, row.MaxOutput);
        Demo |= row.Demo;
    }

    private long Mean(long tokens) => Answered == 0 ? 0 : (long)Math.Round((double)tokens / Answered);
}

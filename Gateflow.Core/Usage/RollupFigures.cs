namespace Gateflow.Core.Usage;

/// <summary>What an analysis reads of a <see cref="UsageRollup"/>.</summary>
internal sealed record RollupFigures
{
    public required DateTimeOffset Hour { get; init; }

    public required string Feature { get; init; }

    public required string KeyId { get; init; }

    public long Requests { get; init; }

    public long Errors { get; init; }

    public long InputTokens { get; init; }

    public long CachedTokens { get; init; }

    public long OutputTokens { get; init; }

    public int MaxContext { get; init; }

    public int MaxOutput { get; init; }

    public decimal Cost { get; init; }

    public long UnpricedRequests { get; init; }

    public required byte[] CapabilityCounts { get; init; }

    public required byte[] ContextHistogram { get; init; }

    public required byte[] LatencyHistogram { get; init; }

    public bool Demo { get; init; }
}

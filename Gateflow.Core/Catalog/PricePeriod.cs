namespace Gateflow.Core.Catalog;

/// <summary>What a model costs from a day on, USD per million tokens at the base tier; null is unknown, never 0.</summary>
/// <param name="From">First day, UTC; null for ever since.</param>
public sealed record PricePeriod(DateOnly? From, decimal? Input, decimal? CachedInput, decimal? Output, LongPromptSurcharge? Surcharge)
{
    public required FactSource Source { get; init; }

    /// <summary>The period that holds on a day, of periods in order of time; null before the first.</summary>
    public static PricePeriod? On(IReadOnlyList<PricePeriod> periods, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(periods);
        for (var i = periods.Count - 1; i >= 0; i--)
        {
            if (!(periods[i].From > day))
            {
                return periods[i];
            }
        }

        return null;
    }

    /// <summary>What one request costs, USD; see <see cref="CatalogModel.Cost(long, long, long)"/>.</summary>
    public decimal? Cost(long inputTokens, long cachedTokens, long outputTokens)
    {
        var dear = Surcharge is { } surcharge && inputTokens > surcharge.AboveInputTokens;
        return CatalogModel.Price(
            (Input, CachedInput, Output), inputTokens, cachedTokens, outputTokens, dear ? Surcharge!.InputFactor : 1m, dear ? Surcharge!.OutputFactor : 1m);
    }
}

using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Usage;

/// <summary>Who used and spent what, and when, from rollups alone.</summary>
public sealed class CostQuery(IDbContextFactory<GateflowDb> databases)
{
    /// <summary>Usage divided by one dimension, the dearest first; what has no known price comes last, by requests.</summary>
    public async Task<IReadOnlyList<UsageShare>> SharesAsync(UsageSlice slice, UsageDimension by, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var sums = await Named(Rows(db, slice), by).GroupBy(n => n.Name).Select(g => new
        {
            Name = g.Key,
            Requests = g.Sum(n => n.Row.Requests),
            Errors = g.Sum(n => n.Row.Errors),
            Fallbacks = g.Sum(n => n.Row.Fallbacks),
            InputTokens = g.Sum(n => n.Row.InputTokens),
            CachedTokens = g.Sum(n => n.Row.CachedTokens),
            OutputTokens = g.Sum(n => n.Row.OutputTokens),
            ReasoningTokens = g.Sum(n => n.Row.ReasoningTokens),
            Estimated = g.Sum(n => n.Row.EstimatedRequests),
            Cost = g.Sum(n => (double)n.Row.Cost),
            Unpriced = g.Sum(n => n.Row.UnpricedRequests),
            Demo = g.Max(n => n.Row.Demo ? 1 : 0),
        }).ToListAsync(cancellationToken);
        return
        [
            .. sums.Select(s => new UsageShare
            {
                Name = s.Name,
                Requests = s.Requests,
                Errors = s.Errors,
                Fallbacks = s.Fallbacks,
                InputTokens = s.InputTokens,
                CachedTokens = s.CachedTokens,
                OutputTokens = s.OutputTokens,
                ReasoningTokens = s.ReasoningTokens,
                EstimatedRequests = s.Estimated,
                PricedCost = Money(s.Cost),
                UnpricedRequests = s.Unpriced,
                Demo = s.Demo == 1,
            }).OrderByDescending(s => s.Cost ?? -1).ThenByDescending(s => s.Requests).ThenBy(s => s.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Usage over time, in order of time; buckets without a request are left out.</summary>
    /// <param name="slice">Which usage.</param>
    /// <param name="by">What each bucket is divided by; null for not at all: all points bear the empty name.</param>
    /// <param name="bucket">A whole number of hours; buckets begin at multiples of it, UTC.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<UsagePoint>> SeriesAsync(UsageSlice slice, UsageDimension? by, TimeSpan bucket, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hours = await Named(Rows(db, slice), by).GroupBy(n => new { n.Name, n.Row.Hour }).Select(g => new
        {
            g.Key.Name,
            g.Key.Hour,
            Requests = g.Sum(n => n.Row.Requests),
            Cost = g.Sum(n => (double)n.Row.Cost),
            Unpriced = g.Sum(n => n.Row.UnpricedRequests),
        }).ToListAsync(cancellationToken);
        return
        [
            .. hours.GroupBy(h => (At: RollupKey.Floor(h.Hour, bucket.Ticks), h.Name)).Select(g =>
            {
                var unpriced = g.Sum(h => h.Unpriced);
                return new UsagePoint(g.Key.At, g.Key.Name, g.Sum(h => h.Requests), UsageShare.CostOf(Money(g.Sum(h => h.Cost)), unpriced), unpriced);
            }).OrderBy(p => p.At).ThenBy(p => p.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Names that the owners gave to keys, by id; a key that is gone has none.</summary>
    public async Task<IReadOnlyDictionary<string, string>> KeyNamesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.ApiKeys.AsNoTracking().Where(k => keys.Contains(k.Id)).ToDictionaryAsync(k => k.Id, k => k.Name, StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>Requests that a limit refused are no use of a model and are left out, as in every analysis.</summary>
    private static IQueryable<UsageRollup> Rows(GateflowDb db, UsageSlice slice)
    {
        var (start, end) = (RollupKey.Floor(slice.From, TimeSpan.TicksPerHour), slice.To.ToUniversalTime());
        var rows = db.UsageRollups.AsNoTracking().Where(r => r.Hour >= start && r.Hour < end && r.Requests > 0);
        if (slice.Model is { } model)
        {
            rows = rows.Where(r => r.ServedModel == model || (r.ServedModel == "" && r.Model == model));
        }

        if (slice.Key is { } key)
        {
            rows = rows.Where(r => r.KeyId == key);
        }

        return slice.Feature is { } feature ? rows.Where(r => r.Feature == feature) : rows;
    }

    private static IQueryable<NamedRow> Named(IQueryable<UsageRollup> rows, UsageDimension? by) => by switch
    {
        UsageDimension.Model => rows.Select(r => new NamedRow { Name = r.ServedModel == "" ? r.Model : r.ServedModel, Row = r }),
        UsageDimension.Key => rows.Select(r => new NamedRow { Name = r.KeyId, Row = r }),
        UsageDimension.Feature => rows.Select(r => new NamedRow { Name = r.Feature, Row = r }),
        _ => rows.Select(r => new NamedRow { Name = "", Row = r }),
    };

    private static decimal Money(double usd) => Math.Round((decimal)usd, 9);

    private sealed class NamedRow
    {
        public required string Name { get; init; }

        public required UsageRollup Row { get; init; }
    }
}

using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Overview;

/// <summary>Sums of usage hours as the tiles show them.</summary>
/// <param name="Requests">All requests.</param>
/// <param name="Errors">Failures that reached the caller.</param>
/// <param name="Cost">USD; null when no request had a known price though some were made.</param>
/// <param name="Unpriced">Requests without a known price, which the cost leaves out.</param>
public sealed record UsageFigures(long Requests, long Errors, decimal? Cost, long Unpriced)
{
    /// <summary>Share 0–1; null without a request.</summary>
    public double? ErrorRate => Requests == 0 ? null : (double)Errors / Requests;

    public static UsageFigures Of(IEnumerable<UsageHour> hours)
    {
        long requests = 0, errors = 0, unpriced = 0;
        var cost = 0m;
        foreach (var hour in hours)
        {
            requests += hour.Requests;
            errors += hour.Errors;
            unpriced += hour.UnpricedRequests;
            cost += hour.Cost;
        }

        return new UsageFigures(requests, errors, unpriced > 0 && cost == 0 ? null : cost, unpriced);
    }
}

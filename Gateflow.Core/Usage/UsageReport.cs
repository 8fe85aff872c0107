using System.Globalization;
using Gateflow.Core.Catalog;

namespace Gateflow.Core.Usage;

/// <summary>Puts the sums of a period into the words of an analysis.</summary>
internal sealed class UsageReport(UsageTotals totals, IReadOnlyDictionary<string, string> keyNames, UsageLimits limits)
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <summary>Most users that are told by name; by requests.</summary>
    private const int MaxUsers = 50;

    public UsageAnalysis Of(DateTimeOffset from, DateTimeOffset to)
    {
        var all = totals.All();
        return new UsageAnalysis
        {
            UsagePeriod = to - from == Month ? "last_30_days" : string.Create(CultureInfo.InvariantCulture, $"{from:yyyy-MM-ddTHH:mm:ssZ}..{to:yyyy-MM-ddTHH:mm:ssZ}"),
            PeriodStart = from,
            PeriodEnd = to,
            TotalRequests = all.Requests,
            TotalCost = all.Cost,
            UnpricedRequests = all.Unpriced,
            AvgInputTokens = all.AvgInputTokens,
            AvgOutputTokens = all.AvgOutputTokens,
            InputTokens = all.InputTokens,
            CachedInputTokens = all.CachedTokens,
            OutputTokens = all.OutputTokens,
            MaxContextUsed = all.MaxContext,
            MaxOutputUsed = all.Answered == 0 ? null : all.MaxOutput,
            FeaturesUsed = CapabilityNames.List(all.Capabilities.Used),
            Temperature = all is { LeastTemperature: { } least, MostTemperature: { } most } ? new ValueRange(least, most) : null,
            Patterns = Patterns(all),
            Errors = all.Errors,
            ErrorRate = all.Requests == 0 ? 0 : (double)all.Errors / all.Requests,
            ErrorsByKind = Kinds(all),
            LatencyMs = Latency(all),
            InputPerRequest = Tokens(all.Inputs),
            OutputPerRequest = Tokens(all.Outputs, all.MaxOutput),
            ContextTokens = Tokens(all.Contexts, all.MaxContext),
            ContextHistogram = all.Contexts.Bins(),
            Capabilities = Used(all),
            ByFeature = [.. Ordered(totals.ByFeature()).Select(f => Fill(new FeatureUse { Feature = f.Name }, f.Sum))],
            ByKey = [.. Ordered(totals.ByKey()).Select(k => Fill(new KeyUse { Key = k.Name, Name = keyNames.GetValueOrDefault(k.Name) }, k.Sum))],
            ByUser = [.. Ordered(totals.Users.Select(u => (u.Key, u.Value))).Take(MaxUsers).Select(u => Fill(new UserUse { User = u.Name }, u.Sum))],
            Users = totals.Users.Keys.Count(u => u != UsageDay.Others),
            HourOfWeek = all.HourOfWeek,
            Trend = [.. all.Days],
            Limits = limits,
            FirstHour = all.First,
            RequestsPerHour = all.First is { } first ? all.Requests / Math.Max(1, (to - (first > from ? first : from)).TotalHours) : 0,
            Demo = all.Demo,
        };
    }

    private static IEnumerable<(string Name, UsageSum Sum)> Ordered(IEnumerable<(string Name, UsageSum Sum)> groups) =>
        groups.OrderByDescending(g => g.Sum.Requests).ThenBy(g => g.Name, StringComparer.Ordinal);

    private T Fill<T>(T group, UsageSum sum)
        where T : UsageGroup => (T)(group with
        {
            Requests = sum.Requests,
            Errors = sum.Errors,
            ErrorsByKind = Kinds(sum),
            Cost = sum.Cost,
            UnpricedRequests = sum.Unpriced,
            InputTokens = sum.InputTokens,
            OutputTokens = sum.OutputTokens,
            AvgInputTokens = sum.AvgInputTokens,
            AvgOutputTokens = sum.AvgOutputTokens,
            InputPerRequest = Tokens(sum.Inputs),
            OutputPerRequest = Tokens(sum.Outputs, sum.MaxOutput),
            ContextTokens = Tokens(sum.Contexts, sum.MaxContext),
            LatencyMs = Latency(sum),
            Patterns = Patterns(sum),
            Capabilities = Used(sum),
            HourOfWeek = sum.HourOfWeek,
            Trend = [.. sum.Days],
        });

    private UsagePatterns Patterns(UsageSum sum) => new()
    {
        LongContext = sum.Contexts.ShareAbove(limits.LongContextTokens),
        ShortQueries = sum.Contexts.ShareUpTo(limits.ShortQueryTokens),
    };

    private static ErrorKinds Kinds(UsageSum sum) => new() { Model = sum.Errors, Client = sum.ClientErrors, RateLimited = sum.RateLimited, Cancelled = sum.Cancelled };

    private static CapabilityUse[] Used(UsageSum sum) =>
        [.. CapabilityNames.Split(sum.Capabilities.Used).Select(c => new CapabilityUse(CapabilityNames.Wire(c), sum.Capabilities[c]))];

    private static Percentiles? Latency(UsageSum sum) => Of(sum.Latencies.Quantile);

    private static Percentiles? Tokens(ContextHistogram histogram, int? max = null) => Of(histogram.Quantile, max);

    /// <param name="quantile">The distribution.</param>
    /// <param name="max">The largest value where it was kept; else it is as near as the percentiles are.</param>
    private static Percentiles? Of(Func<double, double?> quantile, int? max = null) => quantile(0.5) is { } p50
        ? new Percentiles(p50, quantile(0.95)!.Value, quantile(0.99)!.Value, max ?? quantile(1)!.Value)
        : null;
}

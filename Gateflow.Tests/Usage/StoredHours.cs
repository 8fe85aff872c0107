using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

/// <summary>Rollups as a node stores them: an hour with its day.</summary>
internal static class StoredHours
{
    /// <summary>The hour and the day of which it is all.</summary>
    public static object[] WithDay(UsageRollup hour) =>
    [
        hour,
        new UsageDay
        {
            Day = new DateTimeOffset(hour.Hour.UtcDateTime.Date, TimeSpan.Zero),
            Node = hour.Node,
            Model = hour.Model,
            ServedModel = hour.ServedModel,
            Feature = hour.Feature,
            KeyId = hour.KeyId,
            User = "",
            Requests = hour.Requests,
            Errors = hour.Errors,
            InputTokens = hour.InputTokens,
            OutputTokens = hour.OutputTokens,
            MaxContext = hour.MaxContext,
            Cost = hour.Cost,
            UnpricedRequests = hour.UnpricedRequests,
            CapabilityCounts = hour.CapabilityCounts,
            ContextHistogram = hour.ContextHistogram,
            LatencyHistogram = hour.LatencyHistogram,
            HourRequests = HourCounts.Add([], hour.Hour.Hour, hour.Requests),
        },
    ];
}

using Gateflow.Core.Usage;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Usage;

/// <summary>Who used and spent what, and when; the filters stand in the address.</summary>
public sealed partial class UsagePage(UsageReader reader)
{
    private readonly Loaded<UsageView> usage = new("The usage");

    [SupplyParameterFromQuery]
    private string? Period { get; set; }

    [SupplyParameterFromQuery]
    private string? By { get; set; }

    [SupplyParameterFromQuery]
    private string? Model { get; set; }

    [SupplyParameterFromQuery]
    private string? Key { get; set; }

    [SupplyParameterFromQuery]
    private string? Feature { get; set; }

    private UsageFilter Filter => UsageFilter.Parse(Period, By, Model, Key, Feature);

    private UsageCharts Charts { get; set; } = new();

    protected override Task OnParametersSetAsync() => ReadAsync();

    private static string Span(int days) => days == 1 ? "24 hours" : $"{days} days";

    private static string Plural(UsageDimension by) => by switch { UsageDimension.Model => "Models", UsageDimension.Key => "Keys", _ => "Features" };

    private static string Unpriced(UsageShare share) => $"{Display.Count(share.UnpricedRequests, "request")} without a known price";

    private static string? PerThousand(UsageShare share) =>
        share.Requests == share.UnpricedRequests || share.Cost is not { } cost ? null : Display.Money(cost * 1000 / (share.Requests - share.UnpricedRequests));

    private static double? Share(UsageShare share, UsageShare total) => share.Cost is { } cost && total.PricedCost > 0 ? (double)(cost / total.PricedCost) : null;

    private static double? ErrorRate(UsageShare share) => share.Requests == 0 ? null : (double)share.Errors / share.Requests;

    /// <summary>The logged requests behind a group of the table; null where the log cannot be asked for them.</summary>
    private static string? Requests(UsageFilter filter, string name) => name.Length == 0 ? null : Log(filter.Into(name));

    /// <summary>The logged requests that a filter leaves; null where the log cannot be asked for them.</summary>
    private static string? Log(UsageFilter filter, string? status = null) => filter.Feature is "" ? null : new LogQuery
    {
        Status = status, Model = filter.Model, Key = filter.Key, Feature = filter.Feature, Period = filter.Days switch { 1 => null, 90 => "30d", var days => $"{days}d" },
    }.Address("/requests");

    private Task ReadAsync() => usage.ReadAsync(async () =>
    {
        var view = await reader.ReadAsync(Filter, CancellationToken.None);
        Charts = UsageCharts.Of(view);
        return view;
    });
}

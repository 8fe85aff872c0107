using System.Globalization;
using Gateflow.Core;
using Gateflow.Core.Usage;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateflow.Dashboard.Usage;

/// <summary>What the page of usage and its CSV look at, as it stands in their address.</summary>
/// <param name="Days">1, 7, 30 or 90.</param>
/// <param name="By">What usage is divided by.</param>
/// <param name="Model">A model that answered; null for all.</param>
/// <param name="Key">A key's id; null for all.</param>
/// <param name="Feature">Empty for requests of no feature; null for all.</param>
public sealed record UsageFilter(int Days = 30, UsageDimension By = UsageDimension.Model, string? Model = null, string? Key = null, string? Feature = null)
{
    public static IReadOnlyList<int> Periods { get; } = [1, 7, 30, 90];

    /// <summary>How long each point of the charts is: hours for a day, a quarter of a day for a week, else days.</summary>
    public TimeSpan Bucket => TimeSpan.FromHours(Days switch { 1 => 1, 7 => 6, _ => 24 });

    public bool IsNarrow => (Model ?? Key ?? Feature) is not null;

    /// <summary>From the address; what does not fit there filters nothing.</summary>
    public static UsageFilter Parse(string? period, string? by, string? model, string? key, string? feature) => new(
        int.TryParse(period?.TrimEnd('d'), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && Periods.Contains(days) ? days : 30,
        Wire.TryParse<UsageDimension>(by, out var dimension) ? dimension : UsageDimension.Model,
        string.IsNullOrEmpty(model) ? null : model,
        string.IsNullOrEmpty(key) ? null : key,
        feature);

    /// <summary>The period, whole buckets, the last of them still running.</summary>
    public UsageSlice Slice(DateTimeOffset now)
    {
        var last = new DateTimeOffset(now.UtcTicks / Bucket.Ticks * Bucket.Ticks, TimeSpan.Zero);
        return new UsageSlice(last + Bucket - TimeSpan.FromDays(Days), now) { Model = Model, Key = Key, Feature = Feature };
    }

    /// <summary>The same with one group of the table looked into: divided by the next dimension that is still open.</summary>
    public UsageFilter Into(string name) => By switch
    {
        UsageDimension.Model => this with { Model = name, By = Feature is null ? UsageDimension.Feature : Key is null ? UsageDimension.Key : By },
        UsageDimension.Feature => this with { Feature = name, By = Model is null ? UsageDimension.Model : Key is null ? UsageDimension.Key : By },
        _ => this with { Key = name, By = Model is null ? UsageDimension.Model : Feature is null ? UsageDimension.Feature : By },
    };

    /// <summary>An address with this filter: "/usage?period=7d&amp;by=key".</summary>
    public string Address(string path) => QueryHelpers.AddQueryString(path, new Dictionary<string, string?>
    {
        ["period"] = Days == 30 ? null : string.Create(CultureInfo.InvariantCulture, $"{Days}d"),
        ["by"] = By == UsageDimension.Model ? null : Wire.Name(By),
        ["model"] = Model,
        ["key"] = Key,
        ["feature"] = Feature,
    }.Where(p => p.Value is not null));
}

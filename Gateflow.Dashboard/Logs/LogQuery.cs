using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateflow.Dashboard.Logs;

/// <summary>The filters of the request log as they stand in an address, of the API and of the page alike; null for any.</summary>
/// <param name="EventType">A wire name of <see cref="RequestEvent"/>.</param>
/// <param name="Status">Separated by commas: HTTP statuses (429), classes (5xx), <c>failed</c>, or what became of the request (success, target_failure).</param>
/// <param name="Model">A model that was asked for or that answered.</param>
/// <param name="Migration">A migration's id.</param>
/// <param name="Arm">source or target.</param>
/// <param name="From">ISO 8601, inclusive.</param>
/// <param name="To">ISO 8601, exclusive.</param>
/// <param name="Period">"15m", "24h" or "7d" up to now, where from is not given.</param>
/// <param name="Key">An API key's id.</param>
/// <param name="Feature">A feature's name.</param>
/// <param name="Capability">The wire name of a capability that the request asked for.</param>
/// <param name="MinContext">Least input + output, tokens.</param>
public sealed record LogQuery(
    [property: FromQuery(Name = "event_type")] string? EventType = null,
    [property: FromQuery(Name = "status")] string? Status = null,
    [property: FromQuery(Name = "model")] string? Model = null,
    [property: FromQuery(Name = "migration")] string? Migration = null,
    [property: FromQuery(Name = "arm")] string? Arm = null,
    [property: FromQuery(Name = "from")] string? From = null,
    [property: FromQuery(Name = "to")] string? To = null,
    [property: FromQuery(Name = "period")] string? Period = null,
    [property: FromQuery(Name = "key")] string? Key = null,
    [property: FromQuery(Name = "feature")] string? Feature = null,
    [property: FromQuery(Name = "capability")] string? Capability = null,
    [property: FromQuery(Name = "min_context")] string? MinContext = null)
{
    /// <summary>True when nothing is filtered but the time.</summary>
    public bool IsBare => this with { From = null, To = null, Period = null } == new LogQuery();

    /// <summary>From a page's address.</summary>
    public static LogQuery Of(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var query = QueryHelpers.ParseQuery(address.Query);
        return new LogQuery(
            Text("event_type"), Text("status"), Text("model"), Text("migration"), Text("arm"), Text("from"), Text("to"), Text("period"), Text("key"), Text("feature"),
            Text("capability"), Text("min_context"));

        string? Text(string name) => query.TryGetValue(name, out var values) && values is [{ Length: > 0 } text, ..] ? text : null;
    }

    /// <summary>An address with these filters: "/requests?status=failed".</summary>
    public string Address(string path, string? cursor = null, bool live = false) => QueryHelpers.AddQueryString(path, new Dictionary<string, string?>
    {
        ["event_type"] = EventType,
        ["status"] = Status,
        ["model"] = Model,
        ["migration"] = Migration,
        ["arm"] = Arm,
        ["key"] = Key,
        ["feature"] = Feature,
        ["capability"] = Capability,
        ["min_context"] = MinContext,
        ["period"] = Period,
        ["from"] = From,
        ["to"] = To,
        ["live"] = live ? "true" : null,
        ["cursor"] = cursor,
    }.Where(p => !string.IsNullOrEmpty(p.Value)));
}

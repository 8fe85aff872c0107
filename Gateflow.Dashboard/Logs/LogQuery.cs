using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateflow.Dashboard.Logs;

/// <summary>The filters of the request log as they stand in an address, of the API and of the page alike; null for any.</summary>
public sealed record LogQuery
{
    /// <summary>A wire name of <see cref="RequestEvent"/>.</summary>
    [FromQuery(Name = "event_type")]
    public string? EventType { get; init; }

    /// <summary>Separated by commas: HTTP statuses (429), classes (5xx), <c>failed</c>, or what became of the request (success, target_failure).</summary>
    [FromQuery(Name = "status")]
    public string? Status { get; init; }

    /// <summary>A model that was asked for or that answered.</summary>
    [FromQuery(Name = "model")]
    public string? Model { get; init; }

    /// <summary>A migration's id.</summary>
    [FromQuery(Name = "migration")]
    public string? Migration { get; init; }

    /// <summary>source or target.</summary>
    [FromQuery(Name = "arm")]
    public string? Arm { get; init; }

    /// <summary>ISO 8601, inclusive.</summary>
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    /// <summary>ISO 8601, exclusive.</summary>
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    /// <summary>"15m", "24h" or "7d" up to now, where from is not given.</summary>
    [FromQuery(Name = "period")]
    public string? Period { get; init; }

    /// <summary>An API key's id.</summary>
    [FromQuery(Name = "key")]
    public string? Key { get; init; }

    /// <summary>A feature's name.</summary>
    [FromQuery(Name = "feature")]
    public string? Feature { get; init; }

    /// <summary>The wire name of a capability that the request asked for.</summary>
    [FromQuery(Name = "capability")]
    public string? Capability { get; init; }

    /// <summary>Least input + output, tokens.</summary>
    [FromQuery(Name = "min_context")]
    public string? MinContext { get; init; }

    /// <summary>True when nothing is filtered but the time.</summary>
    public bool IsBare => this with { From = null, To = null, Period = null } == new LogQuery();

    /// <summary>From a page's address.</summary>
    public static LogQuery Of(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var query = QueryHelpers.ParseQuery(address.Query);
        return new LogQuery
        {
            EventType = Text("event_type"),
            Status = Text("status"),
            Model = Text("model"),
            Migration = Text("migration"),
            Arm = Text("arm"),
            From = Text("from"),
            To = Text("to"),
            Period = Text("period"),
            Key = Text("key"),
            Feature = Text("feature"),
            Capability = Text("capability"),
            MinContext = Text("min_context"),
        };

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

using System.Text.Json.Nodes;

namespace Gateflow.Core.Alerts;

/// <summary>That something happened, or is over: what is handed to <see cref="AlertBell"/>.</summary>
/// <param name="Event">One of <see cref="AlertEvents"/>.</param>
/// <param name="Subject">What it happened to; one alert each.</param>
/// <param name="Message">One sentence for people; of no use when <paramref name="Over"/>.</param>
public sealed record AlertNotice(string Event, string Subject, string Message = "")
{
    public AlertSeverity Severity { get; init; } = AlertSeverity.ActionNeeded;

    public string? Model { get; init; }

    public string? Provider { get; init; }

    public JsonObject? Data { get; init; }

    /// <summary>True when the trouble is over: an alert that stands is resolved.</summary>
    public bool Over { get; init; }
}

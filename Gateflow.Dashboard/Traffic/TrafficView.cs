using Gateflow.Dashboard.Logs;

namespace Gateflow.Dashboard.Traffic;

/// <summary>What goes through the gateway now: the requests that arrived in the last minute, of all nodes, and the five minutes before.</summary>
public sealed record TrafficView
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Of all models together.</summary>
    public required TrafficFigures All { get; init; }

    /// <summary>By model asked for, model that answered and its provider; the busiest first.</summary>
    public required IReadOnlyList<TrafficLine> Lines { get; init; }

    /// <summary>The last five minutes in steps of five seconds, in order of time.</summary>
    public required IReadOnlyList<TrafficPoint> Points { get; init; }

    /// <summary>The newest requests, newest first.</summary>
    public required IReadOnlyList<LogEntry> Latest { get; init; }
}

/// <summary>Figures of one minute. Requests that the log left out are counted by the share that it keeps.</summary>
/// <param name="RequestsPerSecond">Requests a second.</param>
/// <param name="ErrorShare">Share of requests that went without a whole answer and whose caller is not to blame, 0–1; null without a request.</param>
/// <param name="P50Ms">Median of whole durations of answered requests; null without one.</param>
/// <param name="P95Ms">95th percentile of the same.</param>
/// <param name="TokensPerSecond">Tokens in and out, a second.</param>
/// <param name="CostPerHour">USD an hour at this rate; null when no price is known.</param>
public sealed record TrafficFigures(double RequestsPerSecond, double? ErrorShare, double? P50Ms, double? P95Ms, double TokensPerSecond, decimal? CostPerHour);

/// <summary>The traffic from one model to one that answers it.</summary>
/// <param name="Model">Asked for.</param>
/// <param name="ServedModel">That answered; null for requests that none did.</param>
/// <param name="Provider">Where; null for the same.</param>
/// <param name="MigrationId">The migration that it belongs to; null for none.</param>
/// <param name="Figures">Of the minute.</param>
public sealed record TrafficLine(string Model, string? ServedModel, string? Provider, string? MigrationId, TrafficFigures Figures);

/// <summary>Five seconds.</summary>
/// <param name="At">Their beginning.</param>
/// <param name="RequestsPerSecond">Requests that arrived, a second.</param>
/// <param name="ErrorsPerSecond">Those of them that failed.</param>
public sealed record TrafficPoint(DateTimeOffset At, double RequestsPerSecond, double ErrorsPerSecond);

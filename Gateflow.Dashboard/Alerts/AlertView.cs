using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gateflow.Core.Alerts;

namespace Gateflow.Dashboard.Alerts;

/// <summary>An alert as the API shows it.</summary>
public sealed record AlertView
{
    public required string Id { get; init; }

    /// <summary>What happened, e.g. "circuit.opened".</summary>
    public required string Event { get; init; }

    /// <summary>What it happened to.</summary>
    public required string Subject { get; init; }

    public required AlertSeverity Severity { get; init; }

    public required AlertStatus Status { get; init; }

    public required string Message { get; init; }

    public string? Model { get; init; }

    public string? Provider { get; init; }

    public required JsonObject Data { get; init; }

    /// <summary>How often it happened.</summary>
    public required long Count { get; init; }

    public required DateTimeOffset FirstSeenAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? AcknowledgedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? AcknowledgedBy { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? ResolvedAt { get; init; }

    public static AlertView Of(Alert alert) => new()
    {
        Id = alert.Id,
        Event = alert.Event,
        Subject = alert.Subject,
        Severity = alert.Severity,
        Status = alert.Status,
        Message = alert.Message,
        Model = alert.Model,
        Provider = alert.Provider,
        Data = alert.Data,
        Count = alert.Count,
        FirstSeenAt = alert.FirstSeenAt,
        LastSeenAt = alert.LastSeenAt,
        AcknowledgedAt = alert.AcknowledgedAt,
        AcknowledgedBy = alert.AcknowledgedBy,
        ResolvedAt = alert.ResolvedAt,
    };
}

using System.Text.Json.Serialization;
using Gateflow.Core.Audit;

namespace Gateflow.Dashboard.Audit;

/// <summary>An entry of the audit log as shown.</summary>
public sealed record AuditView
{
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Actor { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? ActorId { get; init; }

    public required AuditChannel Channel { get; init; }

    public required string Action { get; init; }

    public required string Target { get; init; }

    public required IReadOnlyList<string> Fields { get; init; }

    public required string PreviousHash { get; init; }

    public required string Hash { get; init; }

    public static AuditView Of(AuditEntry entry) => new()
    {
        Sequence = entry.Sequence,
        At = entry.At,
        Actor = entry.Actor,
        ActorId = entry.ActorId,
        Channel = entry.Channel,
        Action = entry.Action,
        Target = entry.Target,
        Fields = entry.Fields,
        PreviousHash = entry.PreviousHash,
        Hash = entry.Hash,
    };
}

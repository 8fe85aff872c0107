using Gateflow.Core.Rollout;

namespace Gateflow.Dashboard.Migrations;

/// <summary>A logged request of a migration: metadata only, never prompt or answer.</summary>
public sealed record RequestView
{
    public required string RequestId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Arm Arm { get; init; }

    public required OutcomeKind Outcome { get; init; }

    /// <summary>The HTTP status that the caller got.</summary>
    public required int Status { get; init; }

    /// <summary>The model that was asked for, after aliases and before the migration.</summary>
    public required string Model { get; init; }

    /// <summary>The model that answered; null when none did.</summary>
    public string? ServedModel { get; init; }

    /// <summary>Why another model than the chosen one answered; null when none did.</summary>
    public string? FallbackReason { get; init; }

    public string? ErrorCode { get; init; }

    /// <summary>Milliseconds to the last byte.</summary>
    public required double DurationMs { get; init; }

    public bool Stream { get; init; }

    public string? Feature { get; init; }

    public bool Demo { get; init; }
}

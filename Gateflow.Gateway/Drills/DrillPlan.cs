using Gateflow.Core.Drills;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Drills;

/// <summary>What a drill plays.</summary>
public sealed record DrillPlan
{
    public required string MigrationId { get; init; }

    public required ModelRoute Source { get; init; }

    public required ModelRoute Target { get; init; }

    /// <summary>The migration's own: limits, shims, whether it rolls back by itself.</summary>
    public required MigrationConfig Config { get; init; }

    /// <summary>As the migration's judge is armed.</summary>
    public required JudgeConfig Judge { get; init; }

    /// <summary>Evidence to go on from, a copy; null to begin without any.</summary>
    public JudgeState? State { get; init; }

    public required DrillKind Kind { get; init; }

    /// <summary>Share of the target's answers that fail, in (0, 1].</summary>
    public required double FailureRate { get; init; }

    /// <summary>Most requests that are sent.</summary>
    public required int Requests { get; init; }

    /// <summary>Requests an hour of both arms, for the time that detection would take.</summary>
    public required double RequestsPerHour { get; init; }

    public required bool RateKnown { get; init; }

    /// <summary>Percentage of them on the target, above 0.</summary>
    public required double TrafficOnTarget { get; init; }

    /// <summary>Of the failures and latencies.</summary>
    public int Seed { get; init; } = 1;
}

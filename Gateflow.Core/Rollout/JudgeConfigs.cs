using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>
/// What the judges of a migration are armed with. On one node its test has the whole α. Where nodes share a database, the fleet's test has
/// nine tenths of it and the nodes' own brakes the last tenth: node n has 1/(n(n+1)) of that, and as Σ 1/(n(n+1)) = 1 the chance that any of
/// them rolls a healthy migration back stays below α, however many nodes there are (the union bound over Ville's inequality).
/// </summary>
public static class JudgeConfigs
{
    /// <summary>Weight of the tests kept for regressions that start after the planned requests: docs/decisions/004.</summary>
    internal const double TailShare = 0.05;

    /// <summary>Part of α that the fleet's test has; the brakes share the rest.</summary>
    private const double FleetShare = 0.9;

    /// <summary>A node's own judge.</summary>
    public static JudgeConfig OfNode(Migration migration, ThisNode node) =>
        Of(migration, node.SharesDatabase ? (1 - FleetShare) / (node.Ordinal * (node.Ordinal + 1.0)) : 1);

    /// <summary>The test of all nodes together.</summary>
    public static JudgeConfig OfFleet(Migration migration) => Of(migration, FleetShare);

    /// <summary>A judge with that share of the migration's α.</summary>
    public static JudgeConfig Of(Migration migration, double share = 1) => new()
    {
        TailShare = TailShare,
        RollbackThreshold = migration.Config.RollbackThreshold,
        Alpha = share * migration.Config.Alpha,
        ExpectedTargetRequests = Forecast.Estimate(migration.Config, migration.Analysis?.RequestsPerHour).ExpectedTargetRequests,
    };
}

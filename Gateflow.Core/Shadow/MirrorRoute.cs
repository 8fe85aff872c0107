using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.Shadow;

/// <summary>What the data plane needs of a step that mirrors.</summary>
/// <param name="Share">Share of the requests on the source that are copied, hundredths of a percent, 1–10000.</param>
/// <param name="MaxCost">Most that the copies of the migration may cost in all, USD; null for no cap.</param>
public sealed record MirrorRoute(int Share, decimal? MaxCost)
{
    /// <summary>What a step of a configuration mirrors; null for nothing.</summary>
    public static MirrorRoute? Of(MigrationConfig config, int step)
    {
        var steps = RolloutSteps.Compile(config);
        return step >= 0 && step < steps.Count && steps[step].Mirror is > 0 and var share
            ? new MirrorRoute((int)Math.Max(1, Math.Round(share * 100)), config.Mirror?.MaxCost)
            : null;
    }
}

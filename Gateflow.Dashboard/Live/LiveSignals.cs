using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Dashboard.Live;

/// <summary>Connects what changes migrations to the feed that tells their watchers: stored transitions at once, numbers once a second.</summary>
internal sealed class LiveSignals(MigrationFeed feed, Transitions transitions, RolloutController controller)
{
    public void Connect()
    {
        transitions.Stored += feed.Signal;
        controller.Judged += feed.Signal;
    }
}

using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Shadow;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Live;

/// <summary>
/// Connects what changes migrations to the feed that tells their watchers: stored transitions at once, numbers once a second. What is
/// stored makes the snapshot before it worthless: after the last change nobody calls again, so it must not be read from the cache.
/// </summary>
internal sealed class LiveSignals(
    MigrationFeed feed, LiveSnapshots snapshots, Transitions transitions, RolloutController controller, RecorderWriter writer, AlertWriter alerts, ShadowStore shadow)
{
    public void Connect()
    {
        transitions.Stored += id => Tell(id, decided: true);
        transitions.Stored += _ => alerts.Tell();
        controller.Judged += id => Tell(id, decided: false);
        writer.Written += TellAll;
        shadow.Written += TellAll;
    }

    private void TellAll(IReadOnlyCollection<string> migrationIds)
    {
        foreach (var id in migrationIds)
        {
            Tell(id, decided: false);
        }
    }

    private void Tell(string migrationId, bool decided)
    {
        snapshots.Forget(migrationId);
        feed.Signal(migrationId, decided);
    }
}

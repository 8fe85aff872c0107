using Gateflow.Core.Usage;

namespace Gateflow.Core.Alerts;

/// <summary>Tells people when the database takes no usage, once it can be stored: what waited, and that it is over.</summary>
public sealed class SpoolWatch(RecorderWriter writer, AlertBell bell, string node)
{
    private bool _told;

    /// <summary>One look.</summary>
    public Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (writer.IsAway != _told)
        {
            _told = !_told;
            bell.Ring(new AlertNotice(
                AlertEvents.RecorderSpooling, node, $"The database took no usage of node '{node}': it waits on disk and is stored later. Requests are served, migrations are judged.")
            {
                Severity = AlertSeverity.Urgent,
                Over = !_told,
            });
        }

        return Task.CompletedTask;
    }
}

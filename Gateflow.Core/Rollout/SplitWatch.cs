using System.Collections.Concurrent;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>Tells people when a migration's traffic is not split as configured, and when that is over. The node that decides looks, for all of them.</summary>
public sealed class SplitWatch(AlertBell bell)
{
    private readonly ConcurrentDictionary<string, byte> _told = new(StringComparer.Ordinal);

    /// <summary>One look at a migration that runs.</summary>
    /// <param name="split">Null where it is not known.</param>
    public void Look(Migration migration, GuardrailReading? split)
    {
        if (split is not { Verdict: Verdict.Watch })
        {
            End(migration.Id);
        }
        else if (_told.TryAdd(migration.Id, 0))
        {
            bell.Ring(new AlertNotice(AlertEvents.SplitDeviates, migration.Id, $"{migration.SourceModel} → {migration.TargetModel}: {split.Detail}")
            {
                Model = migration.SourceModel,
            });
        }
    }

    /// <summary>Ends what was told of migrations that no longer run.</summary>
    public void Keep(IReadOnlyList<Migration> running)
    {
        foreach (var id in _told.Keys.Except(running.Select(m => m.Id)))
        {
            End(id);
        }
    }

    private void End(string id)
    {
        if (_told.TryRemove(id, out _))
        {
            bell.Ring(new AlertNotice(AlertEvents.SplitDeviates, id) { Over = true });
        }
    }
}

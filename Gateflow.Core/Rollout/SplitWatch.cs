using System.Collections.Concurrent;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>Tells people when this node does not split a migration's traffic as configured, and when that is over. Each node watches its own split.</summary>
public sealed class SplitWatch(AlertBell bell, Judge judge)
{
    private readonly ConcurrentDictionary<string, byte> _told = new(StringComparer.Ordinal);

    /// <summary>One look at the migrations that run.</summary>
    public void Look(IReadOnlyList<Migration> running)
    {
        foreach (var migration in running)
        {
            if (judge.Read(migration.Id)?.Split is { Verdict: Verdict.Watch } split && _told.TryAdd(migration.Id, 0))
            {
                bell.Ring(new AlertNotice(AlertEvents.SplitDeviates, migration.Id, $"{migration.SourceModel} → {migration.TargetModel}: {split.Detail}")
                {
                    Model = migration.SourceModel,
                });
            }
        }

        foreach (var id in _told.Keys.Where(id => judge.Read(id)?.Split is not { Verdict: Verdict.Watch }))
        {
            _told.TryRemove(id, out _);
            bell.Ring(new AlertNotice(AlertEvents.SplitDeviates, id) { Over = true });
        }
    }
}

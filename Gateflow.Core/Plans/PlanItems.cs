using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;

namespace Gateflow.Core.Plans;

/// <summary>Who depends on a model, and how far each has come: from its use and the migrations away from it.</summary>
public static class PlanItems
{
    private enum Cover
    {
        None,
        Part,
        Whole,
    }

    /// <summary>Features first, then keys whose requests name none, each the busiest first; at least one item.</summary>
    /// <param name="model">The model of the plan.</param>
    /// <param name="use">Its use, each pair of feature and key once.</param>
    /// <param name="migrations">Those whose source it is, without cancelled ones.</param>
    /// <param name="keyNames">Names of keys by id; the id stands in where one is missing.</param>
    /// <param name="owners">Owners of features by name, where one is named.</param>
    public static IReadOnlyList<PlanItem> Build(
        string model, IReadOnlyList<PlanUse> use, IReadOnlyList<PlanMigration> migrations, IReadOnlyDictionary<string, string> keyNames,
        IReadOnlyDictionary<string, string> owners)
    {
        var features = use.Where(u => u.Feature.Length > 0).Select(u => u.Feature).Concat(migrations.SelectMany(m => m.Scope.Features)).Distinct(StringComparer.Ordinal);
        var scoped = migrations.Where(m => m.Scope.Features.Count == 0).SelectMany(m => m.Scope.ApiKeys).Where(k => use.All(u => u.KeyId != k));
        var keys = use.Where(u => u.Feature.Length == 0).Select(u => u.KeyId).Concat(scoped).Distinct(StringComparer.Ordinal);
        List<PlanItem> items =
        [
            .. Sorted(features.Select(f => Feature(f, [.. use.Where(u => u.Feature == f)]))),
            .. Sorted(keys.Select(k => Key(k, [.. use.Where(u => u.Feature.Length == 0 && u.KeyId == k)]))),
        ];
        return items.Count > 0 ? items : [With(new PlanItem { Kind = PlanItemKind.Model, Name = model, CostLast30Days = 0 }, s => s.IsEverything ? Cover.Whole : Cover.Part)];

        PlanItem Feature(string feature, List<PlanUse> own)
        {
            var ids = own.OrderByDescending(u => u.Requests).Select(u => u.KeyId).ToList();
            return With(
                Summed(PlanItemKind.Feature, feature, own) with { Keys = [.. ids.Select(Name)], Owner = owners.GetValueOrDefault(feature) },
                s => s.Features.Count > 0 && !s.Features.Contains(feature) ? Cover.None : Least(KeysIn(s, ids), s.Users.Count > 0 ? Cover.Part : Cover.Whole));
        }

        PlanItem Key(string key, List<PlanUse> own) => With(
            Summed(PlanItemKind.Key, Name(key), own) with { KeyId = key },
            s => s.Features.Count > 0 ? Cover.None : Least(KeysIn(s, [key]), s.Users.Count > 0 ? Cover.Part : Cover.Whole));

        string Name(string key) => keyNames.GetValueOrDefault(key, key);

        PlanItem With(PlanItem item, Func<MigrationScope, Cover> cover)
        {
            var best = migrations.Select(m => (Migration: m, Cover: cover(m.Scope))).Where(m => m.Cover != Cover.None)
                .OrderBy(m => Rank(m.Migration.Status, m.Cover)).ThenByDescending(m => m.Migration.MigrationId, StringComparer.Ordinal).FirstOrDefault();
            return best.Migration is null ? item : item with { Migration = best.Migration, Partly = best.Cover == Cover.Part, State = State(best.Migration.Status, best.Cover) };
        }
    }

    /// <summary>How far the whole is: done when everything is, running when anything moves or has moved.</summary>
    public static PlanState StateOf(IReadOnlyList<PlanItem> items)
    {
        var states = items.Select(i => i.State).ToHashSet();
        return states.SetEquals([PlanState.Done]) ? PlanState.Done
            : states.Overlaps([PlanState.Running, PlanState.Done]) ? PlanState.Running
            : states.Contains(PlanState.Scheduled) ? PlanState.Scheduled
            : states.Contains(PlanState.Drafted) ? PlanState.Drafted
            : states.Contains(PlanState.RolledBack) ? PlanState.RolledBack
            : PlanState.NotStarted;
    }

    /// <summary>A whole that is done wins over all; else what runs, and a part that is done says less than what is under way.</summary>
    private static int Rank(MigrationStatus status, Cover cover) => (status, cover) switch
    {
        (MigrationStatus.Completed, Cover.Whole) => -1,
        _ => DeprecationMigration.Rank(status),
    };

    private static PlanState State(MigrationStatus status, Cover cover) => status switch
    {
        MigrationStatus.Completed => cover == Cover.Whole ? PlanState.Done : PlanState.Running,
        MigrationStatus.InProgress or MigrationStatus.Paused or MigrationStatus.Soaking => PlanState.Running,
        MigrationStatus.Scheduled => PlanState.Scheduled,
        MigrationStatus.Draft => PlanState.Drafted,
        MigrationStatus.RolledBack => PlanState.RolledBack,
        _ => PlanState.NotStarted,
    };

    private static Cover KeysIn(MigrationScope scope, List<string> keys) =>
        scope.ApiKeys.Count == 0 ? Cover.Whole
        : keys.Count == 0 ? Cover.Part
        : keys.All(k => scope.ApiKeys.Contains(k)) ? Cover.Whole
        : keys.Any(k => scope.ApiKeys.Contains(k)) ? Cover.Part
        : Cover.None;

    private static Cover Least(Cover a, Cover b) => a < b ? a : b;

    private static PlanItem Summed(PlanItemKind kind, string name, List<PlanUse> own) => new()
    {
        Kind = kind,
        Name = name,
        RequestsLast30Days = own.Sum(u => u.Requests),
        CostLast30Days = own.Exists(u => u.Cost is null) ? null : own.Sum(u => u.Cost),
    };

    private static IEnumerable<PlanItem> Sorted(IEnumerable<PlanItem> items) => items.OrderByDescending(i => i.RequestsLast30Days).ThenBy(i => i.Name, StringComparer.Ordinal);
}

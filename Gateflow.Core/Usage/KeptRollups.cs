using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Usage;

/// <summary>
/// Adds to the rollups of one writer, hours and days alike, and keeps those read or written so that each is read once, however often it is added to.
/// Only for a node name under which nobody else writes; after a failure they are to be forgotten. Not thread-safe.
/// </summary>
public sealed class KeptRollups
{
    private readonly KeptRows<RollupKey, UsageRollup> _hours = new(
        static (db, node, hour) => db.UsageRollups.Where(r => r.Hour == hour && r.Node == node),
        static row => new RollupKey(row.Hour, row.Model, row.ServedModel, row.Feature, row.KeyId),
        static key => key.Hour);

    private readonly KeptRows<DayKey, UsageDay> _days = new(
        static (db, node, day) => db.UsageDays.Where(r => r.Day == day && r.Node == node),
        static row => new DayKey(row.Day, row.Model, row.ServedModel, row.Feature, row.KeyId, row.User),
        static key => key.Day);

    private readonly Dictionary<(DateTimeOffset Day, string Model), int> _users = [];
    private readonly Dictionary<DateTimeOffset, HashSet<string>> _features = [];
    private HashSet<string>? _registered;

    public int Count => _hours.Rows.Count + _days.Rows.Count;

    /// <summary>
    /// Adds requests of one series and hour to its hour and its day; those of the first features of a day, and of the registered ones, by name. They are saved with
    /// the context's changes.
    /// </summary>
    public async Task AddAsync(GateflowDb db, string node, RollupKey key, RollupTally tally, bool demo, CancellationToken cancellationToken)
    {
        key = await IsNamedAsync(db, node, DayKey.Of(key), cancellationToken) ? key : key with { Feature = UsageDay.Others };
        tally.AddTo(await _hours.ForAsync(db, node, key, () => new UsageRollup
        {
            Hour = key.Hour, Node = node, Model = key.Model, ServedModel = key.ServedModel, Feature = key.Feature, KeyId = key.KeyId, Demo = demo,
        }, cancellationToken));
        await AddAsync(db, node, DayKey.Of(key), tally, demo, cancellationToken);
    }

    /// <summary>Adds requests of one user; those of the first users of a day by name.</summary>
    public async Task AddUserAsync(GateflowDb db, string node, DayKey key, RollupTally tally, bool demo, CancellationToken cancellationToken)
    {
        await _days.LoadAsync(db, node, key.Day, cancellationToken);
        if (!_days.Rows.ContainsKey(key))
        {
            var series = (key.Day, key.Model);
            if (!_users.TryGetValue(series, out var named))
            {
                named = _days.Rows.Keys.Count(k => k.Day == key.Day && k.Model == key.Model && k.User.Length > 0);
            }

            _users[series] = named + 1;
            key = named < UsageDay.MaxUsers ? key : key with { User = UsageDay.Others };
        }

        await AddAsync(db, node, key, tally, demo, cancellationToken);
    }

    public void Forget()
    {
        _hours.Forget();
        _days.Forget();
        _users.Clear();
        _features.Clear();
        _registered = null;
    }

    /// <summary>Forgets the hours before <paramref name="oldest"/> and the days that ended before it.</summary>
    public void Forget(DateTimeOffset oldest)
    {
        _hours.Forget(oldest);
        _days.Forget(oldest.AddDays(-1));
        foreach (var series in _users.Keys.Where(k => k.Day < oldest.AddDays(-1)).ToList())
        {
            _users.Remove(series);
        }

        foreach (var day in _features.Keys.Where(d => d < oldest.AddDays(-1)).ToList())
        {
            _features.Remove(day);
        }

        _registered = null; // may be another one by the next batch
    }

    private async Task<bool> IsNamedAsync(GateflowDb db, string node, DayKey key, CancellationToken cancellationToken)
    {
        await _days.LoadAsync(db, node, key.Day, cancellationToken);
        if (!_features.TryGetValue(key.Day, out var named))
        {
            _features[key.Day] = named = _days.Rows.Keys.Where(k => k.Day == key.Day).Select(k => k.Feature).ToHashSet(StringComparer.Ordinal);
        }

        if (named.Contains(key.Feature))
        {
            return true;
        }

        if (named.Count >= UsageDay.MaxFeatures)
        {
            _registered ??= await db.Features.Select(f => f.Name).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
            if (key.Feature.Length > 0 && !_registered.Contains(key.Feature))
            {
                return false;
            }
        }

        return named.Add(key.Feature);
    }

    private async Task AddAsync(GateflowDb db, string node, DayKey key, RollupTally tally, bool demo, CancellationToken cancellationToken)
    {
        var day = await _days.ForAsync(db, node, key, () => new UsageDay
        {
            Day = key.Day, Node = node, Model = key.Model, ServedModel = key.ServedModel, Feature = key.Feature, KeyId = key.KeyId, User = key.User, Demo = demo,
        }, cancellationToken);
        tally.AddTo(day);
        foreach (var (hour, requests) in tally.Hours)
        {
            day.HourRequests = HourCounts.Add(day.HourRequests, hour, requests);
        }
    }
}

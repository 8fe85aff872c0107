using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Usage;

/// <summary>
/// Stored rollups of one writer that are kept so that an hour is read once, however often it is added to. Only for a node name under which nobody else
/// writes; after a failure they are to be forgotten. Not thread-safe.
/// </summary>
internal sealed class KeptRollups
{
    private readonly Dictionary<RollupKey, UsageRollup> _rows = [];
    private readonly HashSet<DateTimeOffset> _hours = [];

    public int Count => _rows.Count;

    /// <summary>The row of a key, tracked by the context so that what is added to it is saved; a new one when there is none.</summary>
    public async Task<UsageRollup> ForAsync(GateflowDb db, string node, RollupKey key, bool demo, CancellationToken cancellationToken)
    {
        if (_hours.Add(key.Hour))
        {
            await foreach (var row in db.UsageRollups.AsNoTracking().Where(r => r.Hour == key.Hour && r.Node == node).AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                _rows[new RollupKey(row.Hour, row.Model, row.ServedModel, row.Feature, row.KeyId)] = row;
            }
        }

        if (_rows.TryGetValue(key, out var known))
        {
            db.UsageRollups.Update(known);
            return known;
        }

        var added = _rows[key] = new UsageRollup
        {
            Hour = key.Hour, Node = node, Model = key.Model, ServedModel = key.ServedModel, Feature = key.Feature, KeyId = key.KeyId, Demo = demo,
        };
        db.UsageRollups.Add(added);
        return added;
    }

    public void Forget()
    {
        _rows.Clear();
        _hours.Clear();
    }

    /// <summary>Forgets the hours before <paramref name="oldest"/>.</summary>
    public void Forget(DateTimeOffset oldest)
    {
        foreach (var key in _rows.Keys.Where(k => k.Hour < oldest).ToList())
        {
            _rows.Remove(key);
        }

        _hours.RemoveWhere(hour => hour < oldest);
    }
}

using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Usage;

/// <summary>Stored rows of one writer, kept by their keys so that a span of time is read once. Not thread-safe.</summary>
/// <param name="stored">The stored rows of a node at one time.</param>
/// <param name="keyOf">The key of a stored row.</param>
/// <param name="timeOf">The time of a key.</param>
internal sealed class KeptRows<TKey, TRow>(
    Func<GateflowDb, string, DateTimeOffset, IQueryable<TRow>> stored, Func<TRow, TKey> keyOf, Func<TKey, DateTimeOffset> timeOf)
    where TKey : struct
    where TRow : class
{
    private readonly Dictionary<TKey, TRow> _rows = [];
    private readonly HashSet<DateTimeOffset> _times = [];

    public IReadOnlyDictionary<TKey, TRow> Rows => _rows;

    /// <summary>Reads what is stored of a time, unless it was read already.</summary>
    public async Task LoadAsync(GateflowDb db, string node, DateTimeOffset time, CancellationToken cancellationToken)
    {
        if (_times.Add(time))
        {
            await foreach (var row in stored(db, node, time).AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                _rows[keyOf(row)] = row;
            }
        }
    }

    /// <summary>The row of a key, tracked by the context so that what is added to it is saved.</summary>
    /// <param name="create">Makes the row when there is none.</param>
    public async Task<TRow> ForAsync(GateflowDb db, string node, TKey key, Func<TRow> create, CancellationToken cancellationToken)
    {
        await LoadAsync(db, node, timeOf(key), cancellationToken);
        if (!_rows.TryGetValue(key, out var row))
        {
            db.Add(_rows[key] = row = create());
        }
        else if (db.Entry(row).State == EntityState.Detached)
        {
            db.Update(row);
        }

        return row;
    }

    public void Forget()
    {
        _rows.Clear();
        _times.Clear();
    }

    /// <summary>Forgets the times before <paramref name="oldest"/>.</summary>
    public void Forget(DateTimeOffset oldest)
    {
        foreach (var key in _rows.Keys.Where(k => timeOf(k) < oldest).ToList())
        {
            _rows.Remove(key);
        }

        _times.RemoveWhere(time => time < oldest);
    }
}

using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Gateflow.Core.Routing;

/// <summary>
/// Holds the route table in force on this node. Readers take <see cref="Current"/> once a request; a new table is swapped in whole.
/// Brakes are local: they put a migration's weight to 0 at once, also while the database is away, until the stored state has caught up.
/// </summary>
public sealed class Routes(RouteTableLoader loader) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly ConcurrentDictionary<string, byte> _brakes = new(StringComparer.Ordinal);
    private readonly Lock _swap = new();
    private volatile RouteTable _current = RouteTable.Empty;

    private Routes(RouteTable standing)
        : this((RouteTableLoader)null!) => _current = standing;

    /// <summary>The table in force.</summary>
    public RouteTable Current => _current;

    /// <summary>Raised after each swap.</summary>
    public event Action? Changed;

    /// <summary>Routes that are nowhere stored and can be braked, but not reloaded: a drill's.</summary>
    public static Routes Standing(RouteTable table) => new(table);

    /// <summary>Reads all routing data and puts it in force.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            Swap(await loader.LoadAsync(cancellationToken));
        }
        finally
        {
            _one.Release();
        }

        Changed?.Invoke();
    }

    /// <summary>Reloads when another version is stored than the one in force.</summary>
    public async Task<bool> ReloadIfChangedAsync(CancellationToken cancellationToken)
    {
        if (await loader.VersionAsync(cancellationToken) == _current.Version)
        {
            return false;
        }

        await ReloadAsync(cancellationToken);
        return true;
    }

    /// <summary>Reloads when a price of the catalog begins to hold today.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => loader.IsStale ? ReloadAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Sends every new request of the migration to the source from now on, whatever is stored.</summary>
    public void Brake(string migrationId)
    {
        _brakes[migrationId] = 0;
        Swap(_current);
        Changed?.Invoke();
    }

    /// <summary>Takes a brake off again, when nothing was there to be braked, and reads what is.</summary>
    public Task ReleaseAsync(string migrationId, CancellationToken cancellationToken)
    {
        _brakes.TryRemove(migrationId, out _);
        return ReloadAsync(cancellationToken);
    }

    public void Dispose() => _one.Dispose();

    private void Swap(RouteTable table)
    {
        lock (_swap)
        {
            var routes = table.Migrations.Values.SelectMany(r => r).ToList();
            foreach (var id in _brakes.Keys.Where(id => table.Version > _current.Version && !routes.Exists(r => r.MigrationId == id)))
            {
                _brakes.TryRemove(id, out _); // the stored state has caught up
            }

            _current = _brakes.IsEmpty ? table : table with
            {
                Migrations = table.Migrations.ToFrozenDictionary(
                    pair => pair.Key,
                    pair => Array.ConvertAll(pair.Value, r => _brakes.ContainsKey(r.MigrationId) ? r with { Weight = 0, Completed = false, Mirror = null } : r),
                    StringComparer.Ordinal),
            };
        }
    }
}

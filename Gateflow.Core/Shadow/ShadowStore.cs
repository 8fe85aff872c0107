using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Shadow;

/// <summary>Writes this node's tallies each second, reads what copies cost on other nodes, and takes up at the start where the node stopped.</summary>
public sealed class ShadowStore(IDbContextFactory<GateflowDb> databases, ShadowLedger ledger, Func<RouteTable> routes, NodeName node)
{
    /// <summary>This node's rows as stored: it alone writes them.</summary>
    private readonly Dictionary<string, ShadowRow> _stored = new(StringComparer.Ordinal);

    /// <summary>Raised with the migrations of which something was written.</summary>
    public event Action<IReadOnlyCollection<string>>? Written;

    /// <summary>Takes up the tallies of migrations that run, before the first request is served.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await (
            from row in db.Shadow.AsNoTracking()
            join migration in db.Migrations on row.MigrationId equals migration.Id
            where row.Node == node.Value
                && (migration.Status == MigrationStatus.InProgress || migration.Status == MigrationStatus.Paused || migration.Status == MigrationStatus.Soaking)
            select row).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            ledger.Of(row.MigrationId).Restore(row.Counts);
            _stored[row.MigrationId] = row;
        }

        await ReadOthersAsync(db, cancellationToken);
    }

    /// <summary>One turn.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var changed = ledger.Known.Select(id => (Id: id, Counts: ledger.Of(id).Read())).Where(t => !_stored.TryGetValue(t.Id, out var stored) || stored.Counts != t.Counts).ToList();
        var mirrored = routes().Migrations.Values.Any(list => list.Any(r => r.Mirror is not null));
        if (changed.Count == 0 && !mirrored)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        try
        {
            foreach (var (id, counts) in changed)
            {
                var row = await RowAsync(db, id, cancellationToken);
                (row.Counts, row.Cost) = (counts, counts.Cost);
            }

            await db.SaveChangesAsync(cancellationToken);
        }
        catch
        {
            _stored.Clear(); // what is kept may not be what is stored
            throw;
        }

        await ReadOthersAsync(db, cancellationToken);
        if (changed.Count > 0)
        {
            Written?.Invoke([.. changed.Select(t => t.Id)]);
        }
    }

    /// <summary>The migration's row, tracked: the one that is stored, or a new one.</summary>
    private async Task<ShadowRow> RowAsync(GateflowDb db, string id, CancellationToken cancellationToken)
    {
        if (_stored.TryGetValue(id, out var row))
        {
            db.Attach(row);
        }
        else
        {
            row = await db.Shadow.FirstOrDefaultAsync(s => s.MigrationId == id && s.Node == node.Value, cancellationToken);
            if (row is null)
            {
                db.Add(row = new ShadowRow { MigrationId = id, Node = node.Value, Counts = new ShadowCounts(), Cost = 0 });
            }

            _stored[id] = row;
        }

        return row;
    }

    private async Task ReadOthersAsync(GateflowDb db, CancellationToken cancellationToken)
    {
        var capped = routes().Migrations.Values.SelectMany(list => list).Where(r => r.Mirror?.MaxCost is not null).Select(r => r.MigrationId).ToList();
        if (capped.Count == 0)
        {
            return;
        }

        var rows = await db.Shadow.AsNoTracking().Where(s => s.Node != node.Value && capped.Contains(s.MigrationId))
            .Select(s => new { s.MigrationId, s.Cost }).ToListAsync(cancellationToken);
        foreach (var costs in rows.GroupBy(r => r.MigrationId, StringComparer.Ordinal))
        {
            ledger.Of(costs.Key).SpentElsewhere(costs.Sum(c => c.Cost));
        }
    }
}

using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Fleet;

/// <summary>
/// Spares the other nodes work that one can do for all. Nothing depends on it for correctness: whoever wrongly believes to hold it is stopped
/// by concurrency tokens. It compares no clocks: the holder raises a counter, and a node that sees the same count for three seconds of
/// its own monotonic time takes over.
/// </summary>
public sealed class Lease(IDbContextFactory<GateflowDb> databases, ThisNode node, TimeProvider clock, string name)
{
    /// <summary>How long a silent holder is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private (string Holder, long Beat) _seen = ("", -1);
    private long _seenAt;

    /// <summary>True while this node holds it; to be asked at least once a second.</summary>
    public async Task<bool> HoldAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Leases.AsNoTracking().FirstOrDefaultAsync(l => l.Name == name, cancellationToken) is not { } row)
        {
            return await AddAsync(db, cancellationToken);
        }

        if (row.Holder == node.Name)
        {
            return await BeatAsync(db, row, cancellationToken);
        }

        if (_seen != (row.Holder, row.Beat))
        {
            (_seen, _seenAt) = ((row.Holder, row.Beat), clock.GetTimestamp());
            return false;
        }

        return clock.GetElapsedTime(_seenAt) >= Patience && await BeatAsync(db, row, cancellationToken);
    }

    private async Task<bool> BeatAsync(GateflowDb db, LeaseRow seen, CancellationToken cancellationToken) =>
        await db.Leases.Where(l => l.Name == name && l.Holder == seen.Holder && l.Beat == seen.Beat)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.Holder, node.Name).SetProperty(l => l.Beat, l => l.Beat + 1), cancellationToken) == 1;

    private async Task<bool> AddAsync(GateflowDb db, CancellationToken cancellationToken)
    {
        try
        {
            db.Leases.Add(new LeaseRow { Name = name, Holder = node.Name });
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException)
        {
            return false; // another node was first
        }
    }
}

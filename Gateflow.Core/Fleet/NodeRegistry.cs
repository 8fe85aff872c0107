using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Fleet;

/// <summary>Enters this node among those that share the database, and gives its signs of life, setting its clock at each.</summary>
/// <param name="clock">The shared clock; null where the database is this node's alone.</param>
public sealed class NodeRegistry(IDbContextFactory<GateflowDb> databases, ThisNode node, TimeProvider time, DatabaseClock? clock)
{
    /// <summary>Time between two signs of life.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>A slower answer says too little of the database's time; the monotonic clock is better than it.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMilliseconds(250);

    /// <summary>A node that gave no sign of life for so long is gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const int Attempts = 20;

    /// <summary>Before anything is judged or timed: the node's number and the database's time.</summary>
    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await EnterAsync(cancellationToken);
                return;
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // another node took that number in the same moment
            }
        }
    }

    /// <summary>One sign of life.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await SetClockAsync(db, LongestAnswer, cancellationToken);
        var now = time.GetUtcNow();
        await db.Nodes.Where(n => n.Name == node.Name).ExecuteUpdateAsync(set => set.SetProperty(n => n.SeenAt, now), cancellationToken);
    }

    /// <summary>Names of the other nodes that live; none where the database is this node's alone.</summary>
    public async Task<IReadOnlyList<string>> OthersAsync(CancellationToken cancellationToken)
    {
        if (!node.SharesDatabase)
        {
            return [];
        }

        var since = time.GetUtcNow() - Patience;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Nodes.Where(n => n.Name != node.Name && n.SeenAt > since).Select(n => n.Name).ToListAsync(cancellationToken);
    }

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await SetClockAsync(db, TimeSpan.FromSeconds(30), cancellationToken);
        var known = await db.Nodes.FirstOrDefaultAsync(n => n.Name == node.Name, cancellationToken);
        if (known is null)
        {
            var last = await db.Nodes.MaxAsync(n => (int?)n.Ordinal, cancellationToken) ?? 0;
            db.Nodes.Add(known = new NodeRow { Name = node.Name, Ordinal = last + 1, Roles = "" });
        }

        (known.Roles, known.SeenAt) = (node.Roles.ToString(), time.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        node.Ordinal = known.Ordinal;
    }

    private async Task SetClockAsync(GateflowDb db, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (clock is null)
        {
            return;
        }

        await db.Database.OpenConnectionAsync(cancellationToken); // else the time to connect counts as the answer's
        var asked = time.GetTimestamp();
        var now = await db.UtcNowAsync(cancellationToken);
        var answered = time.GetTimestamp();
        if (time.GetElapsedTime(asked, answered) <= longest)
        {
            clock.Set(now, asked, answered);
        }
    }
}

using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Rollout;

/// <summary>
/// The migrations that run or wait for their hour, as stored. Each look asks for their versions alone, and reads again only what moved: a migration carries its
/// analysis and its reports, which are long. For one reader.
/// </summary>
internal sealed class RunningMigrations(IDbContextFactory<GateflowDb> databases)
{
    /// <summary>Asked each second, so its plan is made once. Not static: a plan belongs to the model of one database product.</summary>
    private readonly Func<GateflowDb, IAsyncEnumerable<Seen>> _versions = EF.CompileAsyncQuery((GateflowDb db) => db.Migrations
        .Where(m => m.Status == MigrationStatus.Scheduled || m.Status == MigrationStatus.InProgress || m.Status == MigrationStatus.Paused || m.Status == MigrationStatus.Soaking)
        .Select(m => new Seen(m.Id, m.Version)));

    private Dictionary<string, Migration> _known = new(StringComparer.Ordinal);

    /// <summary>Ids of those that the look before the last had and the last has no more.</summary>
    public IReadOnlyList<string> Left { get; private set; } = [];

    /// <summary>Those that run now; to be read, not changed.</summary>
    public async Task<IReadOnlyList<Migration>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (running, moved) = (new Dictionary<string, Migration>(StringComparer.Ordinal), new List<string>());
        await foreach (var seen in _versions(db).WithCancellation(cancellationToken))
        {
            if (_known.TryGetValue(seen.Id, out var known) && known.Version == seen.Version)
            {
                running[seen.Id] = known;
            }
            else
            {
                moved.Add(seen.Id);
            }
        }

        if (moved.Count > 0)
        {
            foreach (var migration in await db.Migrations.AsNoTracking().Where(m => moved.Contains(m.Id)).ToListAsync(cancellationToken))
            {
                if (migration.IsRunning || migration.Status == MigrationStatus.Scheduled) // else it ended between the two questions
                {
                    running[migration.Id] = migration;
                }
            }
        }

        Left = [.. _known.Keys.Where(id => !running.ContainsKey(id))];
        _known = running;
        return [.. running.Values];
    }

    private sealed record Seen(string Id, Guid Version);
}

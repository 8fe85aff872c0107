using System.Globalization;
using System.Runtime.CompilerServices;
using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>Reads the history of rollbacks: the list, and the story of one.</summary>
public sealed class RollbackReader(MigrationReader migrations)
{
    /// <summary>How many are read at once.</summary>
    public const int Page = 1000;

    /// <summary>How much before and after a rollback its charts show: what the migration had run, within these.</summary>
    private static readonly (TimeSpan Least, TimeSpan Most) Around = (TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30));

    /// <summary>The newest, newest first; with a next cursor where there are older ones.</summary>
    public Task<ListPage<RollbackView>> ListAsync(int limit, CancellationToken cancellationToken) => migrations.RollbacksAsync(limit, null, null, cancellationToken);

    /// <summary>All of them, newest first, read page by page.</summary>
    public async IAsyncEnumerable<RollbackView> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long? before = null;
        do
        {
            var page = await migrations.RollbacksAsync(Page, before, null, cancellationToken);
            foreach (var rollback in page.Data)
            {
                yield return rollback;
            }

            before = page.NextCursor is { } cursor ? long.Parse(cursor, CultureInfo.InvariantCulture) : null;
        }
        while (before is not null);
    }

    /// <summary>The rollback of a migration with what was seen around it and what came after; null when it was not rolled back.</summary>
    public async Task<RollbackStory?> FindAsync(string migrationId, CancellationToken cancellationToken)
    {
        if ((await migrations.RollbacksAsync(1, null, migrationId, cancellationToken)).Data is not [var rollback]
            || await migrations.FindAsync(migrationId, cancellationToken) is not { } migration)
        {
            return null;
        }

        var ran = rollback.At - (migration.Progress.StartedAt ?? rollback.At);
        var around = ran < Around.Least ? Around.Least : ran > Around.Most ? Around.Most : ran;
        var points = await migrations.PointsAsync(migrationId, rollback.At - around, rollback.At + around, WindowKey.Length, cancellationToken);
        return new RollbackStory
        {
            Rollback = rollback,
            Migration = migration,
            From = rollback.At - around,
            To = rollback.At + around,
            Points = points,
            Events = await migrations.EventsAsync(migrationId, 0, 1000, cancellationToken) ?? [],
            Next = await migrations.NextAsync(rollback.SourceModel, migration.Config.Scope, rollback.At, cancellationToken),
        };
    }
}

/// <summary>One rollback, told.</summary>
public sealed record RollbackStory
{
    public required RollbackView Rollback { get; init; }

    public required MigrationView Migration { get; init; }

    /// <summary>The stretch of the charts: as long before and after the rollback as the migration had run, 5 to 30 minutes.</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required IReadOnlyList<ArmPoint> Points { get; init; }

    /// <summary>In order of time.</summary>
    public required IReadOnlyList<EventView> Events { get; init; }

    /// <summary>The next migration of the same traffic, started or only prepared; null when there is none.</summary>
    public NextTry? Next { get; init; }
}

/// <summary>What came after a rollback.</summary>
public sealed record NextTry(string MigrationId, string SourceModel, string? TargetModel, MigrationStatus Status, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt);

using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Replay;

/// <summary>Reads tests.</summary>
public sealed class ReplayReader(IDbContextFactory<GateflowDb> databases)
{
    /// <summary>Most tests of a page.</summary>
    public const int Most = 100;

    private const string Prefix = "test_";

    /// <summary>A test of a migration; null when there is none.</summary>
    public async Task<ReplayView?> FindAsync(string migrationId, string testId, CancellationToken cancellationToken) =>
        await FindAsync(testId, cancellationToken) is { } view && view.MigrationId == migrationId ? view : null;

    /// <summary>A test of any migration; null when there is none.</summary>
    public async Task<ReplayView?> FindAsync(string testId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var test = await db.ReplayTests.AsNoTracking().FirstOrDefaultAsync(t => t.Id == testId, cancellationToken);
        return test is null ? null : ReplayView.Of(test);
    }

    /// <summary>The newest test of a migration; null when there is none.</summary>
    public async Task<ReplayView?> LatestAsync(string migrationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var test = await db.ReplayTests.AsNoTracking().Where(t => t.MigrationId == migrationId)
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).FirstOrDefaultAsync(cancellationToken);
        return test is null ? null : ReplayView.Of(test);
    }

    /// <summary>Tests of all migrations, the newest first: their ids follow the time.</summary>
    /// <param name="query">Which.</param>
    /// <param name="limit">Most tests of the page, up to <see cref="Most"/>.</param>
    /// <param name="cursor">The <see cref="ListPage{T}.NextCursor"/> of the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Result<ListPage<ReplayView>>> ListAsync(ReplayQuery query, int limit, string? cursor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        if (!string.IsNullOrEmpty(cursor) && !cursor.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return Refusal.Invalid("cursor", "This cursor is none of this list. Leave it out for the first page, and send next_cursor as it came for the others.");
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var tests = Apply(query, db.ReplayTests.AsNoTracking());
        tests = string.IsNullOrEmpty(cursor) ? tests : tests.Where(t => t.Id.CompareTo(cursor) < 0);
        var found = await tests.OrderByDescending(t => t.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<ReplayView>([.. found.Take(limit).Select(ReplayView.Of)], found.Count > limit ? found[limit - 1].Id : null);
    }

    /// <summary>Models that were tested, as source or target, by name.</summary>
    public async Task<IReadOnlyList<string>> ModelsAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var models = await db.ReplayTests.Select(t => t.SourceModel).Union(db.ReplayTests.Select(t => t.TargetModel)).ToListAsync(cancellationToken);
        return [.. models.Order(StringComparer.Ordinal)];
    }

    private static IQueryable<ReplayTest> Apply(ReplayQuery query, IQueryable<ReplayTest> tests)
    {
        var (model, migration) = (query.Model, query.Migration);
        tests = model is null ? tests : tests.Where(t => t.SourceModel == model || t.TargetModel == model);
        tests = migration is null ? tests : tests.Where(t => t.MigrationId == migration);
        tests = Wire.TryParse<ReplayRecommendation>(query.Verdict, out var verdict) ? tests.Where(t => t.Recommendation == verdict) : tests;
        return Wire.TryParse<ReplayStatus>(query.Status, out var status) ? tests.Where(t => t.Status == status) : tests;
    }
}

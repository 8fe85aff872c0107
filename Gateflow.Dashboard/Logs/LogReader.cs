using System.Globalization;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Logs;

/// <summary>Reads the request log, a page at a time by the place of its last entry: the hundredth page costs as much as the first.</summary>
public sealed class LogReader(IDbContextFactory<GateflowDb> databases)
{
    /// <summary>Most entries of a page.</summary>
    public const int Most = 200;

    /// <summary>Newest first.</summary>
    /// <param name="filter">Which requests.</param>
    /// <param name="limit">Most entries of the page, up to <see cref="Most"/>.</param>
    /// <param name="cursor">The <see cref="ListPage{T}.NextCursor"/> of the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Result<ListPage<LogEntry>>> ListAsync(LogFilter filter, int limit, string? cursor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (!TryPlace(cursor, out var place))
        {
            return Refusal.Invalid("cursor", "This cursor is none of this list. Leave it out for the first page, and send next_cursor as it came for the others.");
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = filter.Apply(db.Requests.AsNoTracking());
        if (place is var (at, id))
        {
            rows = rows.Where(r => r.At <= at && (r.At < at || r.Id.CompareTo(id) < 0));
        }

        var found = await rows.OrderByDescending(r => r.At).ThenByDescending(r => r.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var shown = found.Take(limit).ToList();
        var names = await NamesAsync(db, [.. shown.Select(r => r.KeyId).Distinct()], cancellationToken);
        return new ListPage<LogEntry>(
            [.. shown.Select(r => LogEntry.Of(r, names.GetValueOrDefault(r.KeyId)))],
            found.Count > limit ? string.Create(CultureInfo.InvariantCulture, $"{shown[^1].At.UtcTicks}.{shown[^1].Id}") : null);
    }

    /// <summary>One request; null when it was not logged, or is older than the log.</summary>
    public async Task<LogStory?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Requests.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } row)
        {
            return null;
        }

        var names = await NamesAsync(db, [row.KeyId], cancellationToken);
        var migration = row.MigrationId is null ? null : await db.Migrations.AsNoTracking().Where(m => m.Id == row.MigrationId)
            .Select(m => new LogMigration(m.Id, m.Name, m.SourceModel, m.TargetModel ?? "", m.Status)).FirstOrDefaultAsync(cancellationToken);
        return new LogStory(LogEntry.Of(row, names.GetValueOrDefault(row.KeyId)), migration);
    }

    private static async Task<Dictionary<string, string>> NamesAsync(GateflowDb db, List<string> keys, CancellationToken cancellationToken) =>
        keys.Count == 0 ? [] : await db.ApiKeys.AsNoTracking().Where(k => keys.Contains(k.Id)).ToDictionaryAsync(k => k.Id, k => k.Name, StringComparer.Ordinal, cancellationToken);

    private static bool TryPlace(string? cursor, out (DateTimeOffset At, string Id)? place)
    {
        place = null;
        if (string.IsNullOrEmpty(cursor))
        {
            return true;
        }

        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !long.TryParse(cursor.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTimeOffset.MaxValue.UtcTicks)
        {
            return false;
        }

        place = (new DateTimeOffset(ticks, TimeSpan.Zero), cursor[(dot + 1)..]);
        return true;
    }
}

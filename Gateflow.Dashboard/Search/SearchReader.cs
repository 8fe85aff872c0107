using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Shell;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Search;

/// <summary>
/// Finds pages, migrations, models, features and requests by a part of their names, whatever its case; requests by their whole id or its beginning, for
/// there are too many to look into. At most three commands.
/// </summary>
public sealed class SearchReader(IDbContextFactory<GateflowDb> databases, ModelDirectory models, TimeProvider clock)
{
    /// <summary>Most characters that are looked for.</summary>
    public const int MostCharacters = 100;

    /// <summary>Most finds of one kind.</summary>
    public const int Most = 6;

    /// <summary>Migrations looked at, newest first: names are compared here, for databases differ in how they compare cases.</summary>
    private const int Migrations = 2_000;

    private const string RequestPrefix = "req_";
    private const int ShortestRequest = 8;

    private static readonly TimeSpan Recent = TimeSpan.FromDays(30);

    public async Task<SearchAnswer> FindAsync(string? query, CancellationToken cancellationToken)
    {
        var text = query?.Trim() ?? "";
        if (text.Length is 0 or > MostCharacters)
        {
            return SearchAnswer.None with { Query = text };
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return new SearchAnswer(text,
        [
            .. Pages(text),
            .. await MigrationsAsync(db, text, cancellationToken),
            .. Models(text),
            .. await FeaturesAsync(db, text, cancellationToken),
            .. await RequestsAsync(db, text, cancellationToken),
        ]);
    }

    private static IEnumerable<SearchHit> Pages(string text) =>
        NavGroup.All.SelectMany(group => group.Entries.Select(entry => (group, entry))).Where(p => Has(p.entry.Text, text))
            .OrderBy(p => Rank(p.entry.Text, text)).Take(Most).Select(p => new SearchHit(SearchKind.Page, p.entry.Text, p.group.Title, p.entry.Href));

    private static async Task<IEnumerable<SearchHit>> MigrationsAsync(GateflowDb db, string text, CancellationToken cancellationToken)
    {
        var newest = await db.Migrations.AsNoTracking().OrderByDescending(m => m.Id).Take(Migrations)
            .Select(m => new { m.Id, m.Name, m.SourceModel, m.TargetModel, m.Status }).ToListAsync(cancellationToken);
        return newest.Where(m => new[] { m.Name, m.SourceModel, m.TargetModel, m.Id }.Any(t => t is not null && Has(t, text))).Take(Most)
            .Select(m => new SearchHit(
                SearchKind.Migration,
                m.Name ?? $"{m.SourceModel} → {m.TargetModel ?? "no target yet"}",
                m.Name is null ? Words(m.Status) : $"{m.SourceModel} → {m.TargetModel ?? "no target yet"}, {Words(m.Status)}",
                m.Status == MigrationStatus.Draft ? $"/migrations/{m.Id}/wizard" : $"/migrations/{m.Id}"));
    }

    /// <summary>Those that are served first: they are the ones that people have.</summary>
    private IEnumerable<SearchHit> Models(string text)
    {
        var served = models.Served.Select(s => s.Model).ToHashSet(StringComparer.Ordinal);
        return served.Concat(models.Catalog.All.Select(m => m.Id)).Distinct(StringComparer.Ordinal).Where(id => Has(id, text))
            .OrderBy(id => served.Contains(id) ? 0 : 1).ThenBy(id => Rank(id, text)).ThenBy(id => id.Length).ThenBy(id => id, StringComparer.Ordinal).Take(Most)
            .Select(id => new SearchHit(SearchKind.Model, id, served.Contains(id) ? "served here" : "known, not served", $"/usage?model={Uri.EscapeDataString(id)}"));
    }

    private async Task<IEnumerable<SearchHit>> FeaturesAsync(GateflowDb db, string text, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - Recent;
        var features = await db.Set<UsageRollup>().AsNoTracking().Where(r => r.Hour >= since && r.Feature != "").Select(r => r.Feature).Distinct().ToListAsync(cancellationToken);
        return features.Where(f => Has(f, text)).OrderBy(f => Rank(f, text)).ThenBy(f => f, StringComparer.Ordinal).Take(Most)
            .Select(f => new SearchHit(SearchKind.Feature, f, "its usage of 30 days", $"/usage?feature={Uri.EscapeDataString(f)}"));
    }

    private static async Task<IEnumerable<SearchHit>> RequestsAsync(GateflowDb db, string text, CancellationToken cancellationToken)
    {
        if (text.Length < ShortestRequest || !text.StartsWith(RequestPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var beginning = text.ToLowerInvariant();
        var end = beginning + new string('z', 32); // behind every id of this beginning, however the database sorts
        var found = await db.Requests.AsNoTracking().Where(r => r.Id.CompareTo(beginning) >= 0 && r.Id.CompareTo(end) < 0)
            .OrderBy(r => r.Id).Take(Most).Select(r => new { r.Id, r.Model, r.Status }).ToListAsync(cancellationToken);
        return found.Select(r => new SearchHit(SearchKind.Request, r.Id, $"{r.Model}, {r.Status}", $"/requests/{r.Id}"));
    }

    private static bool Has(string name, string text) => name.Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>0 for the very name, 1 for its beginning, else 2.</summary>
    private static int Rank(string name, string text) =>
        name.Equals(text, StringComparison.OrdinalIgnoreCase) ? 0 : name.StartsWith(text, StringComparison.OrdinalIgnoreCase) ? 1 : 2;

    private static string Words(MigrationStatus status) => Wire.Name(status).Replace('_', ' ');
}

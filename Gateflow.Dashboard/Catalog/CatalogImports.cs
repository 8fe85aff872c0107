using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Catalog.Imports;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Reads files into imports that people review, and keeps them: nothing of the catalog changes here. See <see cref="ImportApplying"/>.</summary>
public sealed partial class CatalogImports(IDbContextFactory<GateflowDb> databases, ModelDirectory models, TimeProvider clock, ILogger<CatalogImports> logger)
{
    /// <summary>Imports that are kept; older ones can no longer be undone.</summary>
    private const int Kept = 50;

    /// <summary>Largest file, bytes.</summary>
    public const long LargestFile = JsonMembers.LargestFile;

    /// <summary>Takes the models of every provider.</summary>
    public const string AllProviders = "all";

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>The providers whose models a file is read for, unless others are named: those that ship with the product or are configured.</summary>
    public IReadOnlySet<string> UsualProviders =>
        models.BuiltIn.All.Select(m => m.Provider).Concat(models.Providers.Where(p => !p.Demo).Select(p => p.CatalogName)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Reads a file, one entry in memory at a time.</summary>
    /// <param name="source">Its name.</param>
    /// <param name="providers">Names separated by commas, or <see cref="AllProviders"/>; null or empty for the usual ones.</param>
    public async Task<Result<CatalogImport>> ReceiveAsync(Stream file, string? source, string? providers, string actor, CancellationToken cancellationToken)
    {
        var id = Ids.New("cimp", clock.GetUtcNow());
        IReadOnlySet<string>? wanted = providers?.Trim() switch
        {
            null or "" => UsualProviders,
            AllProviders => null,
            var named => named.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
        };
        var reading = new CatalogReading(models.Catalog, wanted, id, Today);
        try
        {
            var format = await reading.FileAsync(file, cancellationToken);
            return await KeepAsync(id, format, Label(source) ?? "pasted text", reading, actor, cancellationToken);
        }
        catch (CatalogFileException fault)
        {
            return Refusal.Invalid("file", fault.Message);
        }
    }

    /// <summary>Compares a provider's own list.</summary>
    /// <param name="provider">The provider's name here.</param>
    /// <param name="catalogName">What the catalog calls it.</param>
    public async Task<Result<CatalogImport>> CompareAsync(string provider, string catalogName, ReadOnlyMemory<byte> list, string actor, CancellationToken cancellationToken)
    {
        var id = Ids.New("cimp", clock.GetUtcNow());
        var reading = new CatalogReading(models.Catalog, null, id, Today);
        try
        {
            reading.List(catalogName, list);
            return await KeepAsync(id, CatalogImportFormat.ProviderList, provider, reading, actor, cancellationToken);
        }
        catch (CatalogFileException fault)
        {
            return Refusal.Invalid("provider", fault.Message);
        }
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<CatalogImport>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.CatalogImports.AsNoTracking().OrderByDescending(i => i.Id).Take(Kept).ToListAsync(cancellationToken);
    }

    public async Task<Result<CatalogImport>> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.CatalogImports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, cancellationToken) is { } import ? import : Refusal.NotFound("import", id);
    }

    /// <summary>A page of its rows, in the order of the file.</summary>
    /// <param name="kind">Only these; null for all.</param>
    /// <param name="after">Number of the last row of the page before; 0 for the first page.</param>
    public async Task<Result<ListPage<CatalogImportRow>>> RowsAsync(string id, ImportRowKind? kind, int limit, int after, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.CatalogImports.AnyAsync(i => i.Id == id, cancellationToken))
        {
            return Refusal.NotFound("import", id);
        }

        var rows = await db.CatalogImportRows.AsNoTracking()
            .Where(r => r.ImportId == id && r.Number > after && (kind == null || r.Kind == kind))
            .OrderBy(r => r.Number).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<CatalogImportRow>(
            rows.Count > limit ? rows[..limit] : rows, rows.Count > limit ? rows[limit - 1].Number.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    private async Task<CatalogImport> KeepAsync(string id, CatalogImportFormat format, string source, CatalogReading reading, string actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var import = new CatalogImport
        {
            Id = id, Format = format, Source = source, Status = CatalogImportStatus.Reviewing, Counts = reading.Counts, CreatedAt = clock.GetUtcNow(), CreatedBy = actor,
        };
        await ImportRows.InsertAsync(databases, reading.Rows, cancellationToken); // seen by nobody before the import itself is there
        db.Add(import);
        await db.SaveChangesAsync(cancellationToken);
        if (await db.CatalogImports.OrderByDescending(i => i.Id).Skip(Kept).Select(i => i.Id).FirstOrDefaultAsync(cancellationToken) is { } tooOld)
        {
            await db.CatalogImportRows.Where(r => r.ImportId.CompareTo(tooOld) <= 0).ExecuteDeleteAsync(cancellationToken); // ids grow with time
            await db.CatalogImports.Where(i => i.Id.CompareTo(tooOld) <= 0).ExecuteDeleteAsync(cancellationToken);
        }

        LogRead(id, import.Counts.Read, import.Counts.Added, import.Counts.Changed, import.Counts.Faulty, actor);
        return import;
    }

    private static string? Label(string? source) =>
        source is null ? null : new string([.. source.Where(c => !char.IsControl(c)).Take(200)]).Trim() is { Length: > 0 } label ? label : null;

    [LoggerMessage(LogLevel.Information, "Catalog import {Id} was read by {Actor}: {Read} entries, {Added} new, {Changed} changed, {Faulty} wrong; nothing is applied yet")]
    private partial void LogRead(string id, int read, int added, int changed, int faulty, string actor);
}

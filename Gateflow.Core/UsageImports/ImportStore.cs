using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.UsageImports;

/// <summary>Stores rollups of imports together with how far the file is counted, in one transaction: a kill counts nothing twice.</summary>
public sealed class ImportStore(IDbContextFactory<GateflowDb> databases, CatalogReader catalog)
{
    private const string Prefix = "import.";
    private const int DeleteChunk = 1_000;

    /// <summary>Rollups kept so that they are not read again with every part, which come in order of time; about 2 kB each.</summary>
    private const int MaxKept = 5_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly KeptRollups _rollups = new();

    public async Task<UsageImport?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.SettingAsync(Prefix + id, cancellationToken) is { } text ? Parse(text) : null;
    }

    /// <summary>All, the newest first.</summary>
    public async Task<IReadOnlyList<UsageImport>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var texts = await db.Settings.AsNoTracking().Where(s => s.Name.StartsWith(Prefix)).Select(s => s.Value).ToListAsync(cancellationToken);
        return [.. texts.Select(Parse).OrderByDescending(i => i.CreatedAt)];
    }

    public async Task SaveAsync(UsageImport import, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.SetSettingAsync(Prefix + import.Id, JsonSerializer.Serialize(import, JsonColumn.Options), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Adds a part of a chunk's sums and the state after it.</summary>
    internal async Task AddAsync(UsageImport import, ImportChunk chunk, Range sums, CancellationToken cancellationToken)
    {
        var node = UsageImport.RowsOf(import.Id);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        for (var index = sums.Start.Value; index < sums.End.Value; index++)
        {
            switch (chunk.Sum(index))
            {
                case (RollupKey key, var tally):
                    await _rollups.AddAsync(db, node, key, tally, demo: false, cancellationToken);
                    break;
                case (DayKey key, var tally):
                    await _rollups.AddUserAsync(db, node, key, tally, demo: false, cancellationToken);
                    break;
            }
        }

        await db.SetSettingAsync(Prefix + import.Id, JsonSerializer.Serialize(import, JsonColumn.Options), cancellationToken);
        db.ChangeTracker.DetectChanges();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (_rollups.Count > MaxKept)
        {
            Forget();
        }
    }

    /// <summary>Forgets what is known of stored rows: before another import, and after a failure.</summary>
    internal void Forget() => _rollups.Forget();

    /// <summary>Removes an import with everything it counted.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var node = UsageImport.RowsOf(id);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        while (await db.UsageRollups.Where(r => r.Node == node).OrderBy(r => r.Id).Take(DeleteChunk).ExecuteDeleteAsync(cancellationToken) == DeleteChunk
            || await db.UsageDays.Where(r => r.Node == node).OrderBy(r => r.Id).Take(DeleteChunk).ExecuteDeleteAsync(cancellationToken) == DeleteChunk)
        {
            await Task.Delay(Pause, cancellationToken);
        }

        await db.Settings.Where(s => s.Name == Prefix + id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>What a row costs: as the file says, else by the catalog's prices; null when neither is known.</summary>
    internal decimal? Cost(in ImportedRow row) => row.Usage.Cost
        ?? Catalog.Find(row.Model)?.Cost(row.Usage.InputTokens, row.Usage.CachedTokens, row.Usage.CacheWrittenTokens, row.Usage.OutputTokens, DateOnly.FromDateTime(row.Usage.At.UtcDateTime));

    internal ModelCatalog Catalog => catalog();

    private static UsageImport Parse(string text) => JsonSerializer.Deserialize<UsageImport>(text, JsonColumn.Options)!;
}

using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Datasets;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Puts items into a set: redacted as samples are, encrypted, each request once, and not more than a set may hold.</summary>
internal sealed class DatasetWriter(IDbContextFactory<GateflowDb> databases, ISecretProtector protector, SamplePolicy samples, TimeProvider clock)
{
    /// <summary>Items of one transaction.</summary>
    public const int Batch = 200;

    private const int Attempts = 3;

    /// <summary>Adds a batch and notes in the report what became of it; false when the set is full.</summary>
    public async Task<bool> AddAsync(string datasetId, IReadOnlyList<(int Line, ItemDraft Draft)> drafts, AddReport report, CancellationToken cancellationToken)
    {
        var clean = drafts.Select(d => (d.Line, d.Draft, Request: samples.Redaction.Apply(d.Draft.Request))).Where(d => d.Request is not null)
            .Select(d => (d.Draft, Request: d.Request!.Value, Hash: SHA256.HashData(d.Request!.Value.Span))).ToList();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(datasetId, clean, report, cancellationToken);
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // somebody else added the same request meanwhile: looked at again
            }
        }
    }

    /// <summary>The expected answer as it is stored; null for none.</summary>
    public byte[]? Expected(string? text) => string.IsNullOrEmpty(text) ? null : protector.Protect(Encoding.UTF8.GetBytes(samples.Redaction.Apply(text)));

    private async Task<bool> TryAsync(
        string datasetId, List<(ItemDraft Draft, ReadOnlyMemory<byte> Request, byte[] Hash)> drafts, AddReport report, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hashes = drafts.ConvertAll(d => d.Hash);
        var known = (await db.DatasetItems.Where(i => i.DatasetId == datasetId && hashes.Contains(i.Hash)).Select(i => i.Hash).ToListAsync(cancellationToken))
            .Select(Convert.ToHexString).ToHashSet(StringComparer.Ordinal);
        var fresh = drafts.FindAll(d => known.Add(Convert.ToHexString(d.Hash)));
        var count = await db.DatasetItems.CountAsync(i => i.DatasetId == datasetId, cancellationToken);
        var position = await db.DatasetItems.Where(i => i.DatasetId == datasetId).MaxAsync(i => (int?)i.Position, cancellationToken) ?? 0;
        var room = Math.Max(0, Dataset.MostItems - count);
        var now = clock.GetUtcNow();
        db.AddRange(fresh.Take(room).Select(d => Item(datasetId, d.Draft, d.Request, d.Hash, ++position, now)));
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await db.Datasets.Where(d => d.Id == datasetId).ExecuteUpdateAsync(set => set.SetProperty(d => d.UpdatedAt, now), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        report.Added += Math.Min(room, fresh.Count);
        report.Duplicates += drafts.Count - fresh.Count;
        return fresh.Count <= room;
    }

    private DatasetItem Item(string datasetId, ItemDraft draft, ReadOnlyMemory<byte> request, byte[] hash, int position, DateTimeOffset now) => new()
    {
        Id = Ids.New("item", now),
        DatasetId = datasetId,
        Position = position,
        At = now,
        Origin = draft.Origin,
        OriginId = draft.OriginId,
        Feature = draft.Feature,
        Capabilities = draft.Capabilities,
        InputTokens = draft.InputTokens,
        OutputTokens = draft.OutputTokens,
        Hash = hash,
        Request = protector.Protect(request.Span),
        Expected = Expected(draft.Expected),
    };
}

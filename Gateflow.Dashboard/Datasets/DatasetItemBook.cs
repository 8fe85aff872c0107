using System.Globalization;
using System.Text.Json.Nodes;
using FluentValidation.Results;
using Gateflow.Core.Audit;
using Gateflow.Core.Datasets;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Reads, adds, changes and removes the items of datasets.</summary>
public sealed class DatasetItemBook
{
    private readonly IDbContextFactory<GateflowDb> _databases;
    private readonly DatasetTexts _texts;
    private readonly DatasetSources _sources;
    private readonly DatasetWriter _writer;
    private readonly DatasetUpload _upload;
    private readonly AuditLog _audit;

    internal DatasetItemBook(
        IDbContextFactory<GateflowDb> databases, DatasetTexts texts, DatasetSources sources, DatasetWriter writer, DatasetUpload upload, AuditLog audit) =>
        (_databases, _texts, _sources, _writer, _upload, _audit) = (databases, texts, sources, writer, upload, audit);

    /// <summary>Items in their order.</summary>
    /// <param name="after">Position of the last item of the page before; 0 for the first page.</param>
    public async Task<Result<ListPage<DatasetItemView>>> ItemsAsync(string id, int limit, int after, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        if (!await db.Datasets.AnyAsync(d => d.Id == id, cancellationToken))
        {
            return DatasetBook.NotFound(id);
        }

        var found = await db.DatasetItems.AsNoTracking().Where(i => i.DatasetId == id && i.Position > after).OrderBy(i => i.Position).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<DatasetItemView>([.. found.Take(limit).Select(Show)], found.Count > limit ? found[limit - 1].Position.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>Adds what a JSON body names.</summary>
    public async Task<Result<AddReport>> AddAsync(string id, AddItems request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Refused(new AddItemsValidator().Validate(request)) is { } refusal)
        {
            return refusal;
        }

        if (!await ExistsAsync(id, cancellationToken))
        {
            return DatasetBook.NotFound(id);
        }

        var added = request.Samples is { } samples ? await _sources.SamplesAsync(id, samples, cancellationToken)
            : request.Pairs is { } pairs ? await _sources.PairsAsync(id, pairs, cancellationToken)
            : await GivenAsync(id, request.Items ?? [], cancellationToken);
        return await AddedAsync(id, added);
    }

    /// <summary>Adds the lines of a file as they come.</summary>
    public async Task<Result<AddReport>> UploadAsync(string id, Stream file, CancellationToken cancellationToken) =>
        await ExistsAsync(id, cancellationToken) ? await AddedAsync(id, await _upload.ReadAsync(id, file, cancellationToken)) : DatasetBook.NotFound(id);

    /// <summary>Sets the expected answer; null takes it away.</summary>
    public async Task<Refusal?> ExpectAsync(string id, string itemId, string? expected, CancellationToken cancellationToken)
    {
        if (expected?.Length > ItemDraft.LongestExpected)
        {
            return Refusal.Invalid("expected", $"expected may have at most {ItemDraft.LongestExpected} characters.");
        }

        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var secret = _writer.Expected(expected);
        if (await db.DatasetItems.Where(i => i.Id == itemId && i.DatasetId == id).ExecuteUpdateAsync(set => set.SetProperty(i => i.Expected, secret), cancellationToken) == 0)
        {
            return Refusal.NotFound("item", itemId);
        }

        await AuditAsync("dataset.items.update", id);
        return null;
    }

    public async Task<Refusal?> RemoveAsync(string id, string itemId, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        if (await db.DatasetItems.Where(i => i.Id == itemId && i.DatasetId == id).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return Refusal.NotFound("item", itemId);
        }

        await AuditAsync("dataset.items.delete", id);
        return null;
    }

    /// <summary>Models of which requests are stored.</summary>
    public async Task<IReadOnlyList<string>> SampledModelsAsync(CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        return await db.Samples.Select(s => s.Model).Distinct().OrderBy(m => m).Take(200).ToListAsync(cancellationToken);
    }

    internal static Refusal? Refused(ValidationResult checkedRequest)
    {
        var faults = checkedRequest.Errors.ConvertAll(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage));
        return faults is [var first, ..] ? new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults } : null;
    }

    private async Task<Result<AddReport>> AddedAsync(string id, Result<AddReport> added)
    {
        if (added is { IsOk: true, Value.Added: > 0 })
        {
            await AuditAsync("dataset.items.add", id);
        }

        return added;
    }

    private async Task<AddReport> GivenAsync(string id, IReadOnlyList<JsonObject> items, CancellationToken cancellationToken)
    {
        var report = new AddReport();
        List<(int, ItemDraft)> batch = [];
        foreach (var (index, item) in items.Index())
        {
            var (draft, fault) = item is null ? (null, "it is no JSON object") : DatasetLine.Read(item);
            if (draft is null)
            {
                report.Reject(index + 1, fault!);
            }
            else
            {
                batch.Add((index + 1, draft));
            }
        }

        report.Stopped = batch.Count == 0 || await _writer.AddAsync(id, batch, report, cancellationToken) ? null : $"The set is full: it holds {Dataset.MostItems} items.";
        return report;
    }

    /// <summary>Items are no rows that the audit log looks at: what people do with them is entered here.</summary>
    private Task AuditAsync(string action, string id) =>
        AuditScope.Current is { } scope ? _audit.WriteAsync(scope, new AuditDraft(action, id, []), CancellationToken.None) : Task.CompletedTask;

    private async Task<bool> ExistsAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        return await db.Datasets.AnyAsync(d => d.Id == id, cancellationToken);
    }

    private DatasetItemView Show(DatasetItem item)
    {
        var body = _texts.Bytes(item.Request) is { } plain ? ReplayBody.Read(plain) : null;
        return new DatasetItemView
        {
            ItemId = item.Id,
            Position = item.Position,
            Origin = item.Origin,
            OriginId = item.OriginId,
            Feature = item.Feature,
            InputTokens = item.InputTokens,
            Prompt = body?.Prompt,
            Expected = _texts.Text(item.Expected),
            Request = body?.Json,
            At = item.At,
        };
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using FluentValidation.Results;
using Gateflow.Core.Access;
using Gateflow.Core.Datasets;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Makes, lists, changes and deletes datasets and their items.</summary>
public sealed partial class DatasetBook
{
    private readonly IDbContextFactory<GateflowDb> _databases;
    private readonly DatasetTexts _texts;
    private readonly DatasetSources _sources;
    private readonly DatasetWriter _writer;
    private readonly DatasetUpload _upload;
    private readonly IValidator<CreateDataset> _rules;
    private readonly TimeProvider _clock;
    private readonly ILogger<DatasetBook> _logger;

    internal DatasetBook(
        IDbContextFactory<GateflowDb> databases, DatasetTexts texts, DatasetSources sources, DatasetWriter writer, DatasetUpload upload,
        IValidator<CreateDataset> rules, TimeProvider clock, ILogger<DatasetBook> logger) =>
        (_databases, _texts, _sources, _writer, _upload, _rules, _clock, _logger) = (databases, texts, sources, writer, upload, rules, clock, logger);

    /// <summary>Newest first.</summary>
    /// <param name="cursor">Id of the last set of the page before; null for the first page.</param>
    public async Task<ListPage<DatasetView>> ListAsync(int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var found = await Views(db, db.Datasets.Where(d => cursor == null || d.Id.CompareTo(cursor) < 0).OrderByDescending(d => d.Id).Take(limit + 1)).ToListAsync(cancellationToken);
        return new ListPage<DatasetView>([.. found.Take(limit)], found.Count > limit ? found[limit - 1].DatasetId : null);
    }

    public async Task<DatasetView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        return await Views(db, db.Datasets.Where(d => d.Id == id)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Makes a set, with the items that the request names; nothing is made when they cannot be had.</summary>
    public async Task<Result<DatasetView>> CreateAsync(CreateDataset request, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var items = request.Items();
        if ((Refused(_rules.Validate(request)) ?? Refused(new AddItemsValidator().Validate(items))) is { } refusal)
        {
            return refusal;
        }

        var now = _clock.GetUtcNow();
        var dataset = new Dataset { Id = Ids.New("ds", now), Name = request.Name!.Trim(), Description = Blank(request.Description), CreatedAt = now, CreatedBy = actor };
        if (await SaveAsync(db => Task.FromResult<Dataset?>(db.Add(dataset).Entity), dataset.Name, cancellationToken) is { } taken)
        {
            return taken;
        }

        LogChanged(dataset.Id, "made", actor);
        if (items.Sources == 0)
        {
            return (await FindAsync(dataset.Id, cancellationToken))!;
        }

        var added = await AddAsync(dataset.Id, items, cancellationToken);
        if (!added.IsOk)
        {
            await DeleteAsync(dataset.Id, actor, CancellationToken.None);
            return added.Refusal;
        }

        return (await FindAsync(dataset.Id, cancellationToken))! with { Added = added.Value };
    }

    public async Task<Result<DatasetView>> UpdateAsync(string id, JsonObject patch, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var request = new CreateDataset { Name = patch.ContainsKey("name") ? Text(patch["name"]) : "unchanged", Description = Text(patch["description"]) };
        if (Refused(_rules.Validate(request)) is { } refusal)
        {
            return refusal;
        }

        var found = false;
        var taken = await SaveAsync(async db =>
        {
            if (await db.Datasets.FirstOrDefaultAsync(d => d.Id == id, cancellationToken) is not { } dataset)
            {
                return null;
            }

            found = true;
            dataset.Name = patch.ContainsKey("name") ? request.Name!.Trim() : dataset.Name;
            dataset.Description = patch.ContainsKey("description") ? Blank(request.Description) : dataset.Description;
            dataset.UpdatedAt = _clock.GetUtcNow();
            return dataset;
        }, request.Name!, cancellationToken);
        if (taken is not null || !found)
        {
            return taken ?? NotFound(id);
        }

        LogChanged(id, "changed", actor);
        return (await FindAsync(id, cancellationToken))!;
    }

    /// <summary>Deletes a set with its items and its runs.</summary>
    public async Task<Refusal?> DeleteAsync(string id, string actor, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        if (await db.Evaluations.Where(e => e.DatasetId == id && e.Status == EvaluationStatus.Running).Select(e => e.Id).FirstOrDefaultAsync(cancellationToken) is { } running)
        {
            return new Refusal(RefusalKind.Conflict, "evaluation_running", $"The evaluation {running} is running over it. Wait for it, or cancel it with POST /v1/management/evaluations/{running}/cancel.");
        }

        if (await db.Datasets.Where(d => d.Id == id).ExecuteDeleteAsync(cancellationToken) == 0) // the database takes what belongs to it along
        {
            return NotFound(id);
        }

        LogChanged(id, "deleted", actor);
        return null;
    }

    /// <summary>Items in their order.</summary>
    /// <param name="after">Position of the last item of the page before; 0 for the first page.</param>
    public async Task<Result<ListPage<DatasetItemView>>> ItemsAsync(string id, int limit, int after, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        if (!await db.Datasets.AnyAsync(d => d.Id == id, cancellationToken))
        {
            return NotFound(id);
        }

        var found = await db.DatasetItems.AsNoTracking().Where(i => i.DatasetId == id && i.Position > after).OrderBy(i => i.Position).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<DatasetItemView>([.. found.Take(limit).Select(Show)], found.Count > limit ? found[limit - 1].Position.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
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
            return NotFound(id);
        }

        if (request.Samples is { } samples)
        {
            return await _sources.SamplesAsync(id, samples, cancellationToken);
        }

        if (request.Pairs is { } pairs)
        {
            return await _sources.PairsAsync(id, pairs, cancellationToken);
        }

        var report = new AddReport();
        List<(int, ItemDraft)> batch = [];
        foreach (var (index, item) in (request.Items ?? []).Index())
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

    /// <summary>Adds the lines of a file as they come.</summary>
    public async Task<Result<AddReport>> UploadAsync(string id, Stream file, CancellationToken cancellationToken) =>
        await ExistsAsync(id, cancellationToken) ? await _upload.ReadAsync(id, file, cancellationToken) : NotFound(id);

    /// <summary>Sets the expected answer; null takes it away.</summary>
    public async Task<Refusal?> ExpectAsync(string id, string itemId, string? expected, CancellationToken cancellationToken)
    {
        if (expected?.Length > ItemDraft.LongestExpected)
        {
            return Refusal.Invalid("expected", $"expected may have at most {ItemDraft.LongestExpected} characters.");
        }

        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var secret = _writer.Expected(expected);
        return await db.DatasetItems.Where(i => i.Id == itemId && i.DatasetId == id).ExecuteUpdateAsync(set => set.SetProperty(i => i.Expected, secret), cancellationToken) == 0
            ? Refusal.NotFound("item", itemId)
            : null;
    }

    public async Task<Refusal?> RemoveAsync(string id, string itemId, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        return await db.DatasetItems.Where(i => i.Id == itemId && i.DatasetId == id).ExecuteDeleteAsync(cancellationToken) == 0 ? Refusal.NotFound("item", itemId) : null;
    }

    /// <summary>Models of which requests are stored.</summary>
    public async Task<IReadOnlyList<string>> SampledModelsAsync(CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        return await db.Samples.Select(s => s.Model).Distinct().OrderBy(m => m).Take(200).ToListAsync(cancellationToken);
    }

    internal static Refusal NotFound(string id) => Refusal.NotFound("dataset", id);

    private static IQueryable<DatasetView> Views(GateflowDb db, IQueryable<Dataset> datasets) => datasets.AsNoTracking().Select(d => new DatasetView
    {
        DatasetId = d.Id,
        Name = d.Name,
        Description = d.Description,
        Items = db.DatasetItems.Count(i => i.DatasetId == d.Id),
        WithExpected = db.DatasetItems.Count(i => i.DatasetId == d.Id && i.Expected != null),
        Runs = db.Evaluations.Count(e => e.DatasetId == d.Id),
        LastRunAt = db.Evaluations.Where(e => e.DatasetId == d.Id).Max(e => (DateTimeOffset?)e.CreatedAt),
        CreatedAt = d.CreatedAt,
        CreatedBy = d.CreatedBy,
        UpdatedAt = d.UpdatedAt,
    });

    /// <summary>Saves; a name that stands already is refused.</summary>
    private async Task<Refusal?> SaveAsync(Func<GateflowDb, Task<Dataset?>> change, string name, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var changed = await change(db);
        var conflict = new Refusal(RefusalKind.Conflict, "dataset_exists", $"There is a dataset called '{name}' already.") { Param = "name" };
        if (changed is not null && await db.Datasets.AnyAsync(d => d.Name == changed.Name && d.Id != changed.Id, cancellationToken))
        {
            return conflict;
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException)
        {
            return conflict; // somebody else was faster
        }
    }

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

    private static Refusal? Refused(ValidationResult checkedRequest)
    {
        var faults = checkedRequest.Errors.ConvertAll(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage));
        return faults is [var first, ..] ? new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults } : null;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [LoggerMessage(LogLevel.Information, "Dataset {Id} was {Verb} by {Actor}")]
    private partial void LogChanged(string id, string verb, string actor);
}

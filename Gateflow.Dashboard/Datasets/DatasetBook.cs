using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Datasets;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Makes, lists, changes and deletes datasets.</summary>
public sealed partial class DatasetBook(
    IDbContextFactory<GateflowDb> databases, DatasetItemBook items, IValidator<DatasetFields> rules, TimeProvider clock, ILogger<DatasetBook> logger)
{
    private const int Attempts = 5;

    /// <summary>Newest first.</summary>
    /// <param name="cursor">Id of the last set of the page before; null for the first page.</param>
    public async Task<ListPage<DatasetView>> ListAsync(int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await Views(db, db.Datasets.Where(d => cursor == null || d.Id.CompareTo(cursor) < 0).OrderByDescending(d => d.Id).Take(limit + 1)).ToListAsync(cancellationToken);
        return new ListPage<DatasetView>([.. found.Take(limit)], found.Count > limit ? found[limit - 1].DatasetId : null);
    }

    public async Task<DatasetView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Views(db, db.Datasets.Where(d => d.Id == id)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Makes a set, with the items that the request names; nothing is made when they cannot be had.</summary>
    public async Task<Result<DatasetView>> CreateAsync(CreateDataset request, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var filling = request.Items();
        if ((DatasetItemBook.Refused(rules.Validate(request)) ?? DatasetItemBook.Refused(new AddItemsValidator().Validate(filling))) is { } refusal)
        {
            return refusal;
        }

        var now = clock.GetUtcNow();
        var dataset = new Dataset { Id = Ids.New("ds", now), Name = request.Name!.Trim(), Description = Blank(request.Description), CreatedAt = now, CreatedBy = actor };
        if (await SaveAsync(db => Task.FromResult<Dataset?>(db.Add(dataset).Entity), dataset.Name, cancellationToken) is { } taken)
        {
            return taken;
        }

        LogChanged(dataset.Id, "made", actor);
        if (filling.Sources == 0)
        {
            return (await FindAsync(dataset.Id, cancellationToken))!;
        }

        var added = await items.AddAsync(dataset.Id, filling, cancellationToken);
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
        if (await FindAsync(id, cancellationToken) is not { } known)
        {
            return NotFound(id);
        }

        var wanted = FieldPatch.Apply(new DatasetFields { Name = known.Name, Description = known.Description }, patch, rules);
        if (!wanted.IsOk)
        {
            return wanted.Refusal;
        }

        var fields = wanted.Value;
        var found = false;
        var taken = await SaveAsync(async db =>
        {
            var dataset = await db.Datasets.FirstOrDefaultAsync(d => d.Id == id, cancellationToken);
            found = dataset is not null;
            if (dataset is null)
            {
                return null;
            }

            dataset.Name = patch.ContainsKey("name") ? fields.Name!.Trim() : dataset.Name;
            dataset.Description = patch.ContainsKey("description") ? Blank(fields.Description) : dataset.Description;
            dataset.UpdatedAt = clock.GetUtcNow();
            return dataset;
        }, fields.Name!, cancellationToken);
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
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Evaluations.Where(e => e.DatasetId == id && e.Status == EvaluationStatus.Running).Select(e => e.Id).FirstOrDefaultAsync(cancellationToken) is { } running)
        {
            return new Refusal(RefusalKind.Conflict, "evaluation_running", $"The evaluation {running} is running over it. Wait for it, or cancel it with POST /v1/management/evaluations/{running}/cancel.");
        }

        if (await db.Datasets.FirstOrDefaultAsync(d => d.Id == id, cancellationToken) is not { } dataset)
        {
            return NotFound(id);
        }

        db.Remove(dataset); // the database takes what belongs to it along
        await db.SaveChangesAsync(cancellationToken);
        LogChanged(id, "deleted", actor);
        return null;
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
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var changed = await change(db);
            if (changed is not null && await db.Datasets.AnyAsync(d => d.Name == changed.Name && d.Id != changed.Id, cancellationToken))
            {
                return new Refusal(RefusalKind.Conflict, "dataset_exists", $"There is a dataset called '{name}' already.") { Param = "name" };
            }

            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return null;
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // somebody else took the name, or changed the set, meanwhile: looked at again
            }
        }
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [LoggerMessage(LogLevel.Information, "Dataset {Id} was {Verb} by {Actor}")]
    private partial void LogChanged(string id, string verb, string actor);
}

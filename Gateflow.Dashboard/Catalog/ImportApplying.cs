using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Catalog.Imports;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Catalog;

/// <summary>
/// Puts reviewed rows of an import in force, and takes them back: a hundred rows a transaction, so that whoever records requests never waits long. What
/// was not reached when the program stops is as before and can be applied, or taken back, again.
/// </summary>
public sealed partial class ImportApplying(IDbContextFactory<GateflowDb> databases, CatalogWriter writer, ModelDirectory models, TimeProvider clock, ILogger<ImportApplying> logger)
{
    private const int Chunk = 100;

    /// <summary>Applies all proposed rows, or those chosen. A fact that was changed since it was compared stays as it is, and its row says so.</summary>
    /// <param name="rows">Numbers of the chosen rows; null for all, without the facts that a person had entered by hand.</param>
    /// <param name="fields">Only these facts; null for all.</param>
    public async Task<Result<CatalogImport>> ApplyAsync(string id, IReadOnlyList<int>? rows, IReadOnlyList<string>? fields, string actor, CancellationToken cancellationToken)
    {
        if (fields?.FirstOrDefault(f => f != PriceFact.Name && FactFields.Find(f) is null) is { } odd)
        {
            return Refusal.Invalid("fields", $"'{odd}' is no fact; facts are {string.Join(", ", FactFields.All.Select(f => f.Name))} and price.");
        }

        var chosen = await ChosenAsync(id, rows, cancellationToken);
        if (!chosen.IsOk)
        {
            return chosen.Refusal;
        }

        var now = clock.GetUtcNow();
        Result<CatalogImport> result = Refusal.NotFound("import", id);
        foreach (var (i, chunk) in chosen.Value.Chunk(Chunk).Index())
        {
            result = await writer.SaveAsync<CatalogImport>(async db =>
            {
                var import = await db.CatalogImports.FirstAsync(x => x.Id == id, cancellationToken);
                if (import.Status == CatalogImportStatus.Undone)
                {
                    return Undone;
                }

                var (part, stored) = await PartAsync(db, id, chunk, cancellationToken);
                foreach (var row in part)
                {
                    row.Changes = [.. row.Changes.Select(c => c.Applied || fields?.Contains(c.Field) == false || (rows is null && c.OldSource?.Origin == FactOrigin.Override)
                        ? c
                        : Apply(db, stored, import, row, c, actor, now))];
                    row.State = row.Changes.Any(c => c.Applied) ? ImportRowState.Applied : row.State;
                }

                (import.Status, import.AppliedAt, import.AppliedBy) = (CatalogImportStatus.Applied, now, actor);
                return import;
            }, cancellationToken, reload: (i + 1) * Chunk >= chosen.Value.Count);
            if (!result.IsOk)
            {
                return result;
            }
        }

        LogDone(id, "applied", actor);
        return result;
    }

    /// <summary>Puts back what the import had replaced. A fact that was changed again since stays as it is, and its row says so.</summary>
    public async Task<Result<CatalogImport>> UndoAsync(string id, string actor, CancellationToken cancellationToken)
    {
        List<int> applied;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            if (await db.CatalogImports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, cancellationToken) is not { } known)
            {
                return Refusal.NotFound("import", id);
            }

            if (known.Status != CatalogImportStatus.Applied)
            {
                return new Refusal(RefusalKind.Conflict, "import_not_applied", "Nothing of this import is in force, so there is nothing to undo.");
            }

            applied = await db.CatalogImportRows.Where(r => r.ImportId == id && r.State == ImportRowState.Applied).OrderBy(r => r.Number).Select(r => r.Number).ToListAsync(cancellationToken);
        }

        Result<CatalogImport> result = Refusal.NotFound("import", id);
        foreach (var (i, chunk) in applied.Chunk(Chunk).DefaultIfEmpty([]).Index())
        {
            var last = (i + 1) * Chunk >= applied.Count;
            result = await writer.SaveAsync<CatalogImport>(async db =>
            {
                var import = await db.CatalogImports.FirstAsync(x => x.Id == id, cancellationToken);
                var (part, stored) = await PartAsync(db, id, chunk, cancellationToken);
                foreach (var row in part)
                {
                    var stale = row.Changes.Where(c => c.Applied).Count(c => !PutBack(db, stored, import, row, c));
                    row.State = stale > 0 ? ImportRowState.Stale : ImportRowState.Undone;
                    row.Notes = stale > 0 ? [.. row.Notes, $"{stale} of its facts had been changed since and stay as they are."] : row.Notes;
                }

                if (last)
                {
                    (import.Status, import.UndoneAt, import.UndoneBy) = (CatalogImportStatus.Undone, clock.GetUtcNow(), actor);
                }

                return import;
            }, cancellationToken, reload: last);
        }

        LogDone(id, "undone", actor);
        return result;
    }

    private static Refusal Undone => new(RefusalKind.Conflict, "import_undone", "This import was undone; read the file again to compare it with the catalog as it is now.");

    /// <summary>The numbers of the rows that are to be applied; none is a refusal.</summary>
    private async Task<Result<List<int>>> ChosenAsync(string id, IReadOnlyList<int>? rows, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.CatalogImports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, cancellationToken) is not { } import)
        {
            return Refusal.NotFound("import", id);
        }

        if (import.Status == CatalogImportStatus.Undone)
        {
            return Undone;
        }

        var all = await db.CatalogImportRows
            .Where(r => r.ImportId == id && (r.Kind == ImportRowKind.Added || r.Kind == ImportRowKind.Changed) && r.State != ImportRowState.Undone)
            .OrderBy(r => r.Number).Select(r => r.Number).ToListAsync(cancellationToken);
        if (rows is not null && rows.Except(all).ToList() is [var missing, ..])
        {
            return Refusal.Invalid("rows", $"Row {missing} cannot be applied: it is no row of an added or changed model of this import.");
        }

        var chosen = rows is null ? all : [.. all.Where(rows.Contains)];
        return chosen.Count > 0 ? chosen : new Refusal(RefusalKind.Conflict, "nothing_to_apply", "No row of this import can be applied.");
    }

    /// <summary>Some rows, and what is stored of their models.</summary>
    private static async Task<(List<CatalogImportRow> Rows, Dictionary<(string, string, string, string), CatalogFact> Stored)> PartAsync(
        GateflowDb db, string id, int[] numbers, CancellationToken cancellationToken)
    {
        var rows = await db.CatalogImportRows.Where(r => r.ImportId == id && numbers.Contains(r.Number)).OrderBy(r => r.Number).ToListAsync(cancellationToken);
        var names = rows.Select(r => r.Model).ToList();
        return (rows, (await db.CatalogFacts.Where(f => names.Contains(f.Model)).ToListAsync(cancellationToken)).ToDictionary(Key));
    }

    private ImportChange Apply(
        GateflowDb db, Dictionary<(string, string, string, string), CatalogFact> stored, CatalogImport import, CatalogImportRow row, ImportChange change, string actor, DateTimeOffset now)
    {
        if (!Stands(row, change))
        {
            row.State = row.State == ImportRowState.Proposed ? ImportRowState.Stale : row.State;
            row.Notes = [.. row.Notes, $"{FactFields.Words(change.Field)} was changed since the file was compared; read it again."];
            return change;
        }

        var from = change.Field == PriceFact.Name && change.Old is not null && change.Old.AsObject().Count > 0
            ? CatalogFact.Day(DateOnly.FromDateTime(now.UtcDateTime))
            : CatalogFact.Always;
        var key = (row.Provider, row.Model, change.Field, from);
        var before = stored.TryGetValue(key, out var fact) ? new FactSnapshot(fact.Value, fact.Origin, fact.Source, fact.At, fact.By, fact.ImportId) : null;
        if (fact is null)
        {
            fact = new CatalogFact
            {
                Id = Ids.New("fact", now), Provider = row.Provider, Model = row.Model, Field = change.Field, ValidFrom = from,
                Value = "null", Origin = FactOrigin.Import, Source = "", At = now, By = actor,
            };
            db.Add(fact);
            stored[key] = fact;
        }

        (fact.Value, fact.Source, fact.At, fact.By, fact.ImportId) = (change.New?.ToJsonString() ?? "null", import.Source, now, actor, import.Id);
        fact.Origin = import.Format == CatalogImportFormat.ProviderList ? FactOrigin.Sync : FactOrigin.Import;
        return change with { Applied = true, ValidFrom = from, Before = before };
    }

    /// <summary>True while the catalog says what the reviewer saw.</summary>
    private bool Stands(CatalogImportRow row, ImportChange change)
    {
        var model = models.Catalog.Find(row.Provider, row.Model);
        if (row.Kind == ImportRowKind.Added)
        {
            return model is null || model.Sources.Values.All(s => s.ImportId == row.ImportId);
        }

        if (model is null)
        {
            return false;
        }

        if (change.Field != PriceFact.Name)
        {
            return FactFields.Find(change.Field)!.Get(model)?.ToJsonString() == change.Old?.ToJsonString();
        }

        var price = PriceFact.Json(new PricePeriod(null, model.InputPrice, model.CachedInputPrice, model.OutputPrice, model.Surcharge) { Source = EffectiveCatalog.SourceOf(model, PriceFact.Name) });
        var seen = PriceFact.Read(change.Old ?? new System.Text.Json.Nodes.JsonObject(), null, EffectiveCatalog.SourceOf(model, PriceFact.Name));
        return price.ToJsonString() == PriceFact.Json(seen).ToJsonString();
    }

    private static bool PutBack(GateflowDb db, Dictionary<(string, string, string, string), CatalogFact> stored, CatalogImport import, CatalogImportRow row, ImportChange change)
    {
        if (!stored.TryGetValue((row.Provider, row.Model, change.Field, change.ValidFrom), out var fact) || fact.ImportId != import.Id)
        {
            return false;
        }

        if (change.Before is { } before)
        {
            (fact.Value, fact.Origin, fact.Source, fact.At, fact.By, fact.ImportId) = (before.Value, before.Origin, before.Source, before.At, before.By, before.ImportId);
        }
        else
        {
            db.Remove(fact);
            stored.Remove((row.Provider, row.Model, change.Field, change.ValidFrom));
        }

        return true;
    }

    private static (string, string, string, string) Key(CatalogFact fact) => (fact.Provider, fact.Model, fact.Field, fact.ValidFrom);

    [LoggerMessage(LogLevel.Information, "Catalog import {Id} was {Verb} by {Actor}")]
    private partial void LogDone(string id, string verb, string actor);
}

using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Changes what is known of models: every fact with who said it and when; each change is in force for the next request.</summary>
public sealed partial class ModelBook(CatalogWriter writer, ModelReader reader, ModelDirectory models, TimeProvider clock, ILogger<ModelBook> logger)
{
    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>Adds a model that the catalog does not carry.</summary>
    public async Task<Result<ModelView>> CreateAsync(JsonObject body, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var facts = (JsonObject)body.DeepClone();
        var (provider, id) = (Take(facts, "provider"), Take(facts, "id"));
        if (provider is null || !ModelIds.IsProvider(provider))
        {
            return Refusal.Invalid("provider", "provider must be the catalog's name of a provider: openai, anthropic, google … or the name of an OpenAI-compatible one.");
        }

        if (id is null || !ModelIds.IsId(id))
        {
            return Refusal.Invalid("id", "id must be the model's id: visible characters without quotes, at most 200.");
        }

        if (models.Catalog.Find(provider, id) is { } known && string.Equals(known.Id, id, StringComparison.OrdinalIgnoreCase))
        {
            return new Refusal(RefusalKind.Conflict, "model_exists", $"The catalog has {provider}/{known.Id} already; change it with PATCH /v1/management/models/{provider}/{known.Id}.") { Param = "id" };
        }

        if (!facts.ContainsKey(FactFields.Mode))
        {
            facts[FactFields.Mode] = ModelIds.NamesVectors(id) ? "embedding" : "chat";
        }

        if (facts[PriceFact.Name] is JsonObject price && !price.ContainsKey("valid_from"))
        {
            price["valid_from"] = null; // the first known price has always held
        }

        return await SaveAsync(models.Catalog.Find(provider, id) ?? CatalogModel.Unknown(provider, id) with { IsOwn = true }, provider, id, facts, actor, "added", cancellationToken);
    }

    /// <summary>Replaces the facts that the request states; null states that there is none.</summary>
    /// <param name="name">"provider/id", an id or an alias of the catalog.</param>
    public async Task<Result<ModelView>> UpdateAsync(string name, JsonObject body, string actor, CancellationToken cancellationToken)
    {
        if (models.Catalog.Find(name) is not { } model)
        {
            return Refusal.NotFound("model", name);
        }

        return await SaveAsync(model, model.Provider, model.Id, body, actor, "changed", cancellationToken);
    }

    /// <summary>Takes stored facts back, so that what ships with the product counts again; of a model of one's own all of them, and it is gone.</summary>
    /// <param name="name">"provider/id", an id or an alias of the catalog.</param>
    /// <param name="field">The fact; null for all.</param>
    /// <param name="validFrom">Of a price its first day, empty for the one that has always held; null for all.</param>
    public async Task<Result<ModelView>> ResetAsync(string name, string? field, string? validFrom, string actor, CancellationToken cancellationToken)
    {
        if (models.Catalog.Find(name) is not { } model)
        {
            return Refusal.NotFound("model", name);
        }

        if (field is not null && field != PriceFact.Name && FactFields.Find(field) is null)
        {
            return Refusal.Invalid("fact", $"fact must be one of {string.Join(", ", FactFields.All.Select(f => f.Name))} or price.");
        }

        var shown = await reader.FindAsync(model.Provider + "/" + model.Id, cancellationToken);
        var result = await writer.SaveAsync<CatalogModel>(async db =>
        {
            var rows = await db.CatalogFacts
                .Where(f => f.Provider == model.Provider && f.Model == model.Id && (field == null || f.Field == field) && (validFrom == null || f.ValidFrom == validFrom))
                .ToListAsync(cancellationToken);
            if (rows.Count == 0)
            {
                return new Refusal(RefusalKind.Conflict, "nothing_to_reset", $"{model.Provider}/{model.Id} has no such fact of your own: what ships with Gateflow counts already.");
            }

            db.RemoveRange(rows);
            return model;
        }, cancellationToken);
        if (!result.IsOk)
        {
            return result.Refusal;
        }

        LogChanged("reset", model.Provider, model.Id, field ?? "all facts", actor);
        return await reader.FindAsync(model.Provider + "/" + model.Id, cancellationToken) is { IsOk: true, Value: var view } ? view : shown;
    }

    private async Task<Result<ModelView>> SaveAsync(CatalogModel before, string provider, string id, JsonObject body, string actor, string verb, CancellationToken cancellationToken)
    {
        var patch = ModelPatch.Read(body, before, Today);
        if (patch.Faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = patch.Faults };
        }

        var now = clock.GetUtcNow();
        var result = await writer.SaveAsync<CatalogModel>(async db =>
        {
            var stored = await db.CatalogFacts.Where(f => f.Provider == provider && f.Model == id).ToListAsync(cancellationToken);
            foreach (var fact in patch.Facts)
            {
                var row = stored.Find(f => f.Field == fact.Field && f.ValidFrom == fact.ValidFrom);
                if (row is null)
                {
                    row = new CatalogFact
                    {
                        Id = Ids.New("fact", now), Provider = provider, Model = id, Field = fact.Field, ValidFrom = fact.ValidFrom,
                        Value = "null", Origin = FactOrigin.Override, Source = "", At = now, By = actor,
                    };
                    db.Add(row);
                }

                (row.Value, row.Origin, row.Source, row.At, row.By, row.ImportId) = (fact.Value?.ToJsonString() ?? "null", FactOrigin.Override, patch.Source, now, actor, null);
            }

            return before;
        }, cancellationToken);
        if (!result.IsOk)
        {
            return result.Refusal;
        }

        LogChanged(verb, provider, id, string.Join(", ", patch.Facts.Select(f => f.Field)), actor);
        return await reader.FindAsync($"{provider}/{id}", cancellationToken);
    }

    private static string? Take(JsonObject body, string name)
    {
        var text = body[name] is JsonValue value && value.TryGetValue<string>(out var found) ? found.Trim() : null;
        body.Remove(name);
        return text;
    }

    [LoggerMessage(LogLevel.Information, "Catalog: {Verb} {Provider}/{Model} ({Facts}) by {Actor}")]
    private partial void LogChanged(string verb, string provider, string model, string facts, string actor);
}

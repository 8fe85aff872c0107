using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Catalog;

/// <summary>POST and PATCH /aliases.</summary>
internal sealed record AliasFields
{
    /// <summary>Of a new one alone: it keeps its name.</summary>
    public string? Alias { get; init; }

    public string? Model { get; init; }

    public string? Note { get; init; }
}

/// <summary>The customer's own names for models. A request that asks for one is served as if it had named the model.</summary>
public sealed partial class AliasBook(IDbContextFactory<GateflowDb> databases, CatalogWriter writer, ModelDirectory models, TimeProvider clock, ILogger<AliasBook> logger)
{
    private const int LongestNote = 400;

    private static readonly IReadOnlyList<string> Members = RequestJson.FieldsOf<AliasFields>();

    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<AliasView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return [.. (await db.ModelAliases.AsNoTracking().OrderBy(a => a.Alias).ToListAsync(cancellationToken)).Select(View)];
    }

    /// <param name="name">Id or name of the alias.</param>
    public async Task<Result<AliasView>> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.ModelAliases.AsNoTracking().FirstOrDefaultAsync(a => a.Id == name || a.Alias == name, cancellationToken) is { } alias ? View(alias) : Refusal.NotFound("alias", name);
    }

    public async Task<Result<AliasView>> CreateAsync(JsonObject body, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var now = clock.GetUtcNow();
        var faults = Faults(body, isNew: true);
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        var saved = await writer.SaveAsync<ModelAlias>(async db =>
        {
            var name = Text(body, "alias")!;
            if (await db.ModelAliases.AnyAsync(a => a.Alias == name, cancellationToken))
            {
                return new Refusal(RefusalKind.Conflict, "alias_exists", $"There is an alias '{name}' already; change where it leads.") { Param = "alias" };
            }

            if (await db.ModelAliases.AnyAsync(a => a.Alias == Text(body, "model"), cancellationToken))
            {
                return Refusal.Invalid("model", $"'{Text(body, "model")}' is itself an alias; name the model.");
            }

            var alias = new ModelAlias
            {
                Id = Ids.New("alias", now), Alias = name, Model = Text(body, "model")!, Note = Text(body, "note"), CreatedAt = now, CreatedBy = actor,
            };
            db.Add(alias);
            return alias;
        }, cancellationToken);
        return Told(saved, "added", actor);
    }

    /// <summary>Changes where an alias leads, or its note.</summary>
    public async Task<Result<AliasView>> UpdateAsync(string id, JsonObject patch, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var faults = Faults(patch, isNew: false);
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        var saved = await writer.SaveAsync<ModelAlias>(async db =>
        {
            if (await db.ModelAliases.FirstOrDefaultAsync(a => a.Id == id || a.Alias == id, cancellationToken) is not { } alias)
            {
                return Refusal.NotFound("alias", id);
            }

            alias.Model = patch.ContainsKey("model") ? Text(patch, "model")! : alias.Model;
            alias.Note = patch.ContainsKey("note") ? Text(patch, "note") : alias.Note;
            (alias.UpdatedAt, alias.UpdatedBy) = (clock.GetUtcNow(), actor);
            return alias;
        }, cancellationToken);
        return Told(saved, "changed", actor);
    }

    public async Task<Result<AliasView>> DeleteAsync(string id, string actor, CancellationToken cancellationToken)
    {
        var saved = await writer.SaveAsync<ModelAlias>(async db =>
        {
            if (await db.ModelAliases.FirstOrDefaultAsync(a => a.Id == id || a.Alias == id, cancellationToken) is not { } alias)
            {
                return Refusal.NotFound("alias", id);
            }

            db.Remove(alias);
            return alias;
        }, cancellationToken);
        return Told(saved, "deleted", actor);
    }

    private List<Fault> Faults(JsonObject body, bool isNew)
    {
        List<Fault> faults = [.. body.Where(m => !Members.Contains(m.Key, StringComparer.Ordinal)).Select(m => new Fault(m.Key, $"{m.Key} is not known; an alias has {string.Join(", ", Members)}."))];
        var (alias, model) = (Text(body, "alias"), Text(body, "model"));
        if (isNew && (alias is null || !ModelIds.IsId(alias)))
        {
            faults.Add(new Fault("alias", "alias must be the name that requests ask for: visible characters without quotes, at most 200."));
        }
        else if (isNew && models.Routes.ContainsKey(alias!))
        {
            faults.Add(new Fault("alias", $"'{alias}' is a model: an alias must not hide one. To send its requests elsewhere, start a migration."));
        }
        else if (!isNew && body.ContainsKey("alias"))
        {
            faults.Add(new Fault("alias", "An alias keeps its name; add another one and delete this."));
        }

        if ((isNew || body.ContainsKey("model")) && (model is null || !models.Routes.ContainsKey(model)))
        {
            faults.Add(new Fault("model", model is null ? "model must be the id of a model, or provider/id." : $"'{model}' is no known model: name one that a provider serves or the catalog carries."));
        }

        if (body["note"] is { } note && note.GetValueKind() != JsonValueKind.String)
        {
            faults.Add(new Fault("note", "note must be a text; null takes it away."));
        }
        else if (Text(body, "note") is { Length: > LongestNote })
        {
            faults.Add(new Fault("note", $"note may have at most {LongestNote} characters."));
        }

        return faults;
    }

    private Result<AliasView> Told(Result<ModelAlias> saved, string verb, string actor)
    {
        if (!saved.IsOk)
        {
            return saved.Refusal;
        }

        LogChanged(saved.Value.Alias, saved.Value.Model, verb, actor);
        return View(saved.Value);
    }

    private AliasView View(ModelAlias alias) => new(
        alias.Id, alias.Alias, alias.Model, alias.Note, models.IsServed(alias.Model), models.Routes.TryGetValue(alias.Alias, out var hidden) && hidden.IsServed,
        alias.CreatedAt, alias.CreatedBy, alias.UpdatedAt, alias.UpdatedBy);

    private static string? Text(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Trim() is { Length: > 0 } found ? found : null;

    [LoggerMessage(LogLevel.Information, "The alias {Alias} of {Model} was {Verb} by {Actor}")]
    private partial void LogChanged(string alias, string model, string verb, string actor);
}

/// <summary>An alias as the API tells it.</summary>
/// <param name="Served">False when no provider serves its model now: requests for it fail.</param>
/// <param name="HidesModel">True when a provider has come to serve a model of that very name: the alias counts.</param>
public sealed record AliasView(
    string Id, string Alias, string Model, string? Note, bool Served, bool HidesModel, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? UpdatedAt, string? UpdatedBy);

using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Templates;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Templates;

/// <summary>The templates that ship with the catalog, and those that people make; the latter alone can be made and deleted.</summary>
public sealed partial class TemplateBook(
    IDbContextFactory<GateflowDb> databases, ModelDirectory models, IValidator<TemplateFields> rules, TimeProvider clock, ILogger<TemplateBook> logger)
{
    private const int Most = 200;

    /// <summary>Fields that belong to one migration alone.</summary>
    private static readonly string[] Single = ["scope", "execute_at", "blackouts", "prompt_version"];

    /// <summary>Own ones first, the newest before; then those that are built in.</summary>
    public async Task<IReadOnlyList<TemplateView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var own = await db.Templates.AsNoTracking().OrderByDescending(t => t.Id).ToListAsync(cancellationToken);
        return [.. own.Select(TemplateView.Of), .. models.Catalog.Templates.Select(TemplateView.Of)];
    }

    /// <summary>Null when there is none.</summary>
    public async Task<TemplateView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (models.Catalog.Templates.FirstOrDefault(t => t.Id == id) is { } builtIn)
        {
            return TemplateView.Of(builtIn);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Templates.AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, cancellationToken) is { } own ? TemplateView.Of(own) : null;
    }

    public async Task<Result<TemplateView>> CreateAsync(JsonObject request, string actor, CancellationToken cancellationToken)
    {
        var read = FieldPatch.Apply(new TemplateFields(), request, rules);
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var fields = read.Value;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        Migration? migration = null;
        if (!string.IsNullOrEmpty(fields.MigrationId))
        {
            migration = await db.Migrations.AsNoTracking().FirstOrDefaultAsync(m => m.Id == fields.MigrationId, cancellationToken);
            if (migration is null)
            {
                return Refusal.Invalid("migration_id", $"There is no migration '{fields.MigrationId}'.");
            }
        }

        var (config, faults) = Configure(Bare(migration?.Config ?? new MigrationConfig()), fields.Config ?? []);
        var source = string.IsNullOrEmpty(fields.SourceModel) ? migration!.SourceModel : fields.SourceModel;
        var target = string.IsNullOrEmpty(fields.TargetModel) ? migration?.TargetModel : fields.TargetModel;
        foreach (var (name, model) in new[] { ("source_model", source), ("target_model", target) })
        {
            if (model is not null && !models.Routes.ContainsKey(model))
            {
                faults.Add(new Fault(name, $"'{model}' is not a known model: no configured provider lists it and the catalog does not have it."));
            }
        }

        if (source == target)
        {
            faults.Add(new Fault("target_model", "target_model must be another model than source_model."));
        }

        if (faults.Count > 0)
        {
            return FieldPatch.Refused(faults);
        }

        if (await db.Templates.CountAsync(cancellationToken) >= Most)
        {
            return new Refusal(RefusalKind.Conflict, "too_many_templates", $"There are {Most} own templates already; delete one first.");
        }

        var now = clock.GetUtcNow();
        var template = new OwnTemplate
        {
            Id = Ids.New("tmpl", now),
            Name = fields.Name!.Trim(),
            Description = string.IsNullOrWhiteSpace(fields.Description) ? null : fields.Description.Trim(),
            SourceModel = source,
            TargetModel = target,
            Config = config,
            CreatedAt = now,
            CreatedBy = actor,
        };
        db.Add(template);
        await db.SaveChangesAsync(cancellationToken);
        LogChanged("made", template.Id, actor);
        return TemplateView.Of(template);
    }

    /// <summary>Deletes an own template; migrations that began from it stay as they are.</summary>
    public async Task<Result<TemplateView>> DeleteAsync(string id, string actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Templates.FirstOrDefaultAsync(t => t.Id == id, cancellationToken) is not { } template)
        {
            return models.Catalog.Templates.Any(t => t.Id == id)
                ? new Refusal(RefusalKind.Conflict, "built_in", $"'{id}' ships with the catalog and cannot be deleted.")
                : Refusal.NotFound("template", id);
        }

        db.Remove(template);
        await db.SaveChangesAsync(cancellationToken);
        LogChanged("deleted", id, actor);
        return TemplateView.Of(template);
    }

    /// <summary>A configuration without what belongs to one migration alone: scope, dates, prompt. A schedule leaves what follows it.</summary>
    internal static MigrationConfig Bare(MigrationConfig config) => config.Unscheduled() with
    {
        Scope = new MigrationScope(),
        Blackouts = [],
        PromptVersion = null,
    };

    private static (MigrationConfig Config, List<Fault> Faults) Configure(MigrationConfig known, JsonObject patch)
    {
        List<Fault> faults = [.. Single.Where(patch.ContainsKey).Select(f => new Fault("config." + f, $"{f} belongs to one migration and cannot be part of a template."))];
        var (config, wrong) = ConfigPatch.Apply(known, new JsonObject(patch.Where(p => !Single.Contains(p.Key)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))));
        faults.AddRange(wrong.Select(f => f with { Param = "config." + f.Param }));
        if (config.Strategy == Strategy.Scheduled)
        {
            faults.Add(new Fault("config.strategy", "A template names no date: take what is to follow the schedule, and set the date in the migration."));
        }

        return (config, faults);
    }

    [LoggerMessage(LogLevel.Information, "The template {Id} was {Change} by {Actor}")]
    private partial void LogChanged(string change, string id, string actor);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Prompts;
using Gateflow.Dashboard.Templates;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Migrations;

/// <summary>The wizard's steps before the start: what fills in a draft. API and pages call the same methods.</summary>
public sealed class Drafting(
    IDbContextFactory<GateflowDb> databases,
    Transitions transitions,
    ModelDirectory models,
    UsageQuery usage,
    TemplateBook templates,
    PromptBook prompts,
    CandidateEvidence evidence,
    SampleChecks samples,
    IValidator<CreateMigration> createRules,
    StartRules startRules,
    ChangePolicy policy,
    TimeProvider clock)
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(30);

    /// <summary>Age from which an analysis is made anew before a check rests on it.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromDays(1);

    /// <summary>A new draft. With analyze, or from a template, usage analysis and recommendations are filled in.</summary>
    public async Task<Result<Migration>> CreateAsync(CreateMigration request, string actor, CancellationToken cancellationToken)
    {
        var faults = createRules.Validate(request).Errors.ConvertAll(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage));
        if (faults.Count > 0)
        {
            return Invalid(faults);
        }

        var (source, target) = (request.SourceModel, string.IsNullOrEmpty(request.TargetModel) ? null : request.TargetModel);
        TemplateView? template = null;
        if (!string.IsNullOrEmpty(request.Template))
        {
            template = await templates.FindAsync(request.Template, cancellationToken);
            if (template is null)
            {
                return Refusal.Invalid("template", $"There is no template '{request.Template}'. GET /v1/management/migration-templates lists them.");
            }

            source ??= await MostUsedAsync(template.SourceModels, cancellationToken);
            target ??= template.TargetModel;
        }

        if (source is null || !models.Routes.ContainsKey(source))
        {
            return Refusal.Invalid("source_model", $"'{source}' is not a known model: no configured provider lists it and the catalog does not have it.");
        }

        if (target is not null && TargetFault(source, target) is { } fault)
        {
            return fault;
        }

        var now = clock.GetUtcNow();
        var migration = new Migration
        {
            Id = Ids.New("mig", now), SourceModel = source, Name = request.Name, CreatedAt = now, CreatedBy = actor,
        };
        migration.Create(actor, now, new JsonObject { ["source_model"] = source, ["target_model"] = target, ["template"] = request.Template });
        var scope = request.Scope();
        var defaults = policy.Current.MigrationDefaults.Count == 0 ? migration.Config : policy.Current.Default();
        var config = (template?.Config ?? defaults) with { Scope = scope };
        if (target is not null || config != migration.Config)
        {
            IEnumerable<string?> fields =
            [
                target is null ? null : "target_model", scope.IsEverything ? null : "scope", .. template?.Config is null ? [] : template.ConfigFields, // what change management asks for is no word of the person
            ];
            migration.Configure(target, config, [.. fields.OfType<string>()], actor, now);
        }

        if (request.Analyze || request.Template is not null)
        {
            var analysis = await AnalyzeAsync(source, scope, cancellationToken);
            migration.Analyze(analysis, await RecommendAsync(source, analysis, cancellationToken), actor, now);
        }

        return await transitions.AddAsync(migration, cancellationToken);
    }

    /// <summary>Reads usage anew and scores the candidates on it.</summary>
    public async Task<Result<Migration>> AnalyzeAsync(string id, string actor, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } found)
        {
            return Refusal.NotFound("migration", id);
        }

        var analysis = await AnalyzeAsync(found.SourceModel, found.Config.Scope, cancellationToken);
        var advice = await RecommendAsync(found.SourceModel, analysis, cancellationToken);
        return await transitions.ApplyAsync(id, m =>
        {
            m.Analyze(analysis, advice, actor, clock.GetUtcNow());
            return null;
        }, cancellationToken);
    }

    /// <summary>Checks a target against what was really used; takes it as the draft's target when none is chosen yet.</summary>
    public async Task<Result<Migration>> CheckAsync(string id, string? targetModel, string actor, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } found)
        {
            return Refusal.NotFound("migration", id);
        }

        var target = targetModel ?? found.TargetModel;
        if (TargetFault(found.SourceModel, target) is { } fault)
        {
            return fault;
        }

        if (found is { Analysis: { } old, Status: MigrationStatus.Draft or MigrationStatus.Scheduled } && (clock.GetUtcNow() - old.PeriodEnd > Stale || !IsOf(old, found.Config.Scope)))
        {
            var renewed = await AnalyzeAsync(id, actor, cancellationToken);
            if (renewed.Value is null)
            {
                return renewed;
            }

            found = renewed.Value;
        }

        var analysis = found.Analysis ?? await AnalyzeAsync(found.SourceModel, found.Config.Scope, cancellationToken);
        var report = CompatibilityCheck.Run(
            models.Facts(found.SourceModel), models.Facts(target!), target!, analysis, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime),
            models.Catalog.Rules, models.IsServed(target!))
            .With(await samples.RunAsync(found.SourceModel, target!, found.Config.Shims, analysis, cancellationToken), analysis).WithExamples(found.SourceModel, found.Config.Scope);
        return await transitions.ApplyAsync(id, m =>
        {
            m.CheckCompatibility(report, actor, clock.GetUtcNow());
            return m.TargetModel is null && m.Status == MigrationStatus.Draft
                ? m.Configure(target, m.Config, ["target_model"], actor, clock.GetUtcNow())
                : null;
        }, cancellationToken);
    }

    /// <summary>PATCH: the fields given replace those of the migration; every fault is listed and nothing half-written.</summary>
    /// <param name="id">The migration.</param>
    /// <param name="patch">What is wanted.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="seen">The configuration that they looked at: what they left as it was stays as it is stored, and they are refused where what they changed was changed since; null for whatever it was.</param>
    public async Task<Result<Migration>> ConfigureAsync(string id, JsonObject patch, string actor, CancellationToken cancellationToken, JsonObject? seen = null)
    {
        if (await FindAsync(id, cancellationToken) is not { } found)
        {
            return Refusal.NotFound("migration", id);
        }

        var target = found.TargetModel;
        List<Fault> faults = [];
        if (patch.TryGetPropertyValue("target_model", out var node))
        {
            target = node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
            if (TargetFault(found.SourceModel, target) is { } fault)
            {
                faults.AddRange(fault.Faults);
            }
        }

        if (patch["prompt_version"] is JsonValue named && named.TryGetValue<string>(out var reference) && await prompts.ReferenceFaultAsync(reference, cancellationToken) is { } unknown)
        {
            faults.Add(new Fault("prompt_version", unknown));
        }

        var fields = (JsonObject)patch.DeepClone();
        fields.Remove("target_model");
        var wanted = Rebase(fields, seen, found.Config);
        if (!wanted.IsOk)
        {
            return wanted.Refusal;
        }

        faults.AddRange(ConfigPatch.Apply(found.Config, wanted.Value, changedOnly: found.IsRunning).Faults);
        if (faults.Count > 0)
        {
            return Invalid(faults);
        }

        var result = await transitions.ApplyAsync(id, async (m, db, token) =>
        {
            var rebased = Rebase(fields, seen, m.Config);
            if (!rebased.IsOk)
            {
                return rebased.Refusal;
            }

            var (config, late) = ConfigPatch.Apply(m.Config, rebased.Value, changedOnly: m.IsRunning);
            if (late.Count > 0)
            {
                return Invalid(late);
            }

            var (steps, standing) = (m.Steps(), await ScheduledFaultAsync(m, db, token));
            return m.Configure(patch.ContainsKey("target_model") ? target : m.TargetModel, config, [.. patch.Select(p => p.Key)], actor, clock.GetUtcNow()) is { } refusal ? refusal
                : m.Status == MigrationStatus.Paused ? m.Steps().SequenceEqual(steps) ? null : await startRules.VectorFaultAsync(m, db, token)
                : await ScheduledFaultAsync(m, db, token) is { } fault && fault.Message != standing?.Message ? fault : null;
        }, cancellationToken);
        return result.Value is { Analysis: { } old, Status: MigrationStatus.Draft or MigrationStatus.Scheduled } changed && !IsOf(old, changed.Config.Scope)
            ? await AnalyzeAsync(id, actor, cancellationToken) // forecast, checks and advice rest on what is to be moved
            : result;
    }

    /// <summary>Limits and scope are groups, of which two people may change different fields.</summary>
    private static Result<JsonObject> Rebase(JsonObject fields, JsonObject? seen, MigrationConfig config) =>
        FormEdit.Rebase(fields, seen, (JsonObject)JsonSerializer.SerializeToNode(config, JsonColumn.Options)!, levels: 2);

    /// <summary>What would keep it from starting at its hour: nobody may look by then. What stood before is no reason to refuse a change.</summary>
    private async Task<Refusal?> ScheduledFaultAsync(Migration migration, GateflowDb db, CancellationToken cancellationToken) =>
        migration.Status == MigrationStatus.Scheduled ? await startRules.FaultAsync(migration, db, cancellationToken) : null;

    /// <summary>How that part of the model's traffic was in the last 30 days, in short: it is kept with the migration.</summary>
    private async Task<UsageAnalysis> AnalyzeAsync(string model, MigrationScope scope, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var analysis = await usage.AnalyzeAsync(model, now - Period, now, cancellationToken, withUsers: false, scope: scope);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return analysis.InShort() with { Scores = await ScoreSpread.ReadAsync(db, model, scope, now - Period, cancellationToken) };
    }

    /// <summary>What is recommended on the use that was analysed, where only some regions will do. Nothing is stored.</summary>
    public async Task<Result<RegionalAdvice>> RecommendAsync(string id, RegionRule region, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } found)
        {
            return Refusal.NotFound("migration", id);
        }

        var analysis = found.Analysis ?? await AnalyzeAsync(found.SourceModel, found.Config.Scope, cancellationToken);
        return new RegionalAdvice(id, region.Allowed, region.Strict, await RecommendAsync(found.SourceModel, analysis, cancellationToken, region));
    }

    private async Task<IReadOnlyList<Recommendation>> RecommendAsync(string source, UsageAnalysis analysis, CancellationToken cancellationToken, RegionRule? region = null)
    {
        var facts = models.Facts(source)
            ?? CatalogModel.Unknown("", source) with { Mode = analysis.Used.HasFlag(Capabilities.Embeddings) ? ModelMode.Embedding : ModelMode.Chat };
        var served = models.Served;
        return Recommender.Recommend(models.Catalog, facts, analysis, new RecommendationOptions
        {
            Today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime),
            Served = served,
            Region = region ?? RegionRule.None,
            MedianLatencyMs = await evidence.LatenciesAsync(served, cancellationToken),
            QualityEvidence = await evidence.QualityAsync(source, cancellationToken),
        });
    }

    /// <summary>True when an analysis is of the features and keys of a scope; users are not told apart.</summary>
    private static bool IsOf(UsageAnalysis analysis, MigrationScope scope) =>
        analysis.Scope.Features.ToHashSet().SetEquals(scope.Features) && analysis.Scope.ApiKeys.ToHashSet().SetEquals(scope.ApiKeys);

    private Refusal? TargetFault(string source, string? target)
    {
        if (string.IsNullOrEmpty(target))
        {
            return Refusal.Invalid("target_model", "target_model is required.");
        }

        if (target == source)
        {
            return Refusal.Invalid("target_model", "target_model must be another model than source_model.");
        }

        return models.Routes.ContainsKey(target)
            ? null
            : Refusal.Invalid("target_model", $"'{target}' is not a known model: no configured provider lists it and the catalog does not have it.");
    }

    private async Task<Migration?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Migrations.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, cancellationToken);
    }

    /// <summary>A template with several sources takes the one most used, else the first.</summary>
    private async Task<string> MostUsedAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - Period;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var used = await db.UsageRollups.Where(r => ids.Contains(r.Model) && r.Hour >= since)
            .GroupBy(r => r.Model).Select(g => new { Model = g.Key, Requests = g.Sum(r => r.Requests) })
            .OrderByDescending(g => g.Requests).FirstOrDefaultAsync(cancellationToken);
        return used?.Model ?? ids[0];
    }

    private static Refusal Invalid(IReadOnlyList<Fault> faults) =>
        new(RefusalKind.Invalid, "invalid_parameter", faults.Count == 1 ? faults[0].Message : $"{faults.Count} fields are wrong: {string.Join(" ", faults.Select(f => f.Message))}")
        {
            Param = faults[0].Param, Faults = faults,
        };
}
